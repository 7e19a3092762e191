// A component in TypeScript that uses the elements, with mistakes that the compiler must find. types.test.js checks the types; nothing here runs.

import type { CuPlaygroundElement, CuPlotElement, Plot } from 'cu/elements/react';

declare const playground: { current: CuPlaygroundElement | null };
declare const plot: { current: CuPlotElement | null };

const data: Plot = { plot: 'line', y: [1, null, 3], series: [{ name: 'a', y: new Float64Array(3) }] };

export const right = (
  <main>
    <cu-plot ref={plot} className="wide" data={data} theme="dark" />
    <cu-plot data={{ plot: 'bar', x: ['Lagos', 'Oslo'], y: [15.9, 0.7] }} />
    <cu-plot>{'{ "plot": "line", "y": [1, 4] }'}</cu-plot>
    <cu-home key="home" home="shop" memory onClick={(event) => event.currentTarget.refresh()} />
    <cu-playground
      ref={playground}
      code="return host.price('apples')"
      timeLimit={500}
      readonly={false}
      src={null}
      home={undefined}
      functions={{ price: (name) => String(name).length }}
      oncu-result={({ detail: { values, printed } }) => [values.length, printed.length]}
      oncu-error={({ detail: { message, line } }) => `${message} ${line ?? ''}`}
    />
  </main>
);

// They bubble.
playground.current?.addEventListener('cu-error', ({ detail }) => detail.line);
document.addEventListener('cu-result', ({ detail }) => detail.values[0]);
window.addEventListener('cu-error', ({ detail }) => detail.message);
// @ts-expect-error a field that it has not
document.addEventListener('cu-result', ({ detail }) => detail.value);

export const wrong = [
  // @ts-expect-error a plot of another kind
  <cu-plot key="1" data={{ plot: 'pie', y: [1] }} />,
  // @ts-expect-error texts are no numbers
  <cu-plot key="2" data={{ plot: 'line', y: ['1'] }} />,
  // @ts-expect-error another name
  <cu-plot key="3" values={[1]} />,
  // @ts-expect-error a text in the place of a number
  <cu-playground key="4" timeLimit="500" />,
  // @ts-expect-error this would take the method away
  <cu-playground key="5" run />,
  // @ts-expect-error a ref of another element
  <cu-home key="6" ref={plot} />,
  // @ts-expect-error there is no such detail
  <cu-home key="7" oncu-error={({ detail }) => detail.values} />,
];
