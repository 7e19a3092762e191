/**
 * The elements in JSX of React 19: importing `cu/elements/react` defines them, as `cu/elements` does, and TypeScript checks their properties. React 18
 * gives custom elements no properties, only attributes.
 */

import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { CuHomeElement, CuPlaygroundElement, CuPlotElement, ElementError, ElementResult, Plot } from './elements.js';

export * from './elements.js';

/** Properties that may be set; null takes an attribute away. */
type Set<Element, Name extends keyof Element> = { [Property in Name]?: Element[Property] | null | undefined };

type Props<Element, Name extends keyof Element> = DetailedHTMLProps<HTMLAttributes<Element>, Element> & Set<Element, Name>;

interface Listeners {
  'oncu-result'?: ((event: CustomEvent<ElementResult>) => void) | undefined;
  'oncu-error'?: ((event: CustomEvent<ElementError>) => void) | undefined;
}

/** Without `run`: React would put the attribute's value in the place of the method. A ref has that. */
export type CuPlaygroundProps = Props<CuPlaygroundElement, 'code' | 'src' | 'home' | 'memory' | 'readonly' | 'theme' | 'timeLimit' | 'functions'> & Listeners & { run?: never };

export type CuHomeProps = Props<CuHomeElement, 'home' | 'memory' | 'theme'> & Pick<Listeners, 'oncu-error'>;

/** What a script put out is `as Plot`: the property of the element takes any value, and shows what is wrong with it. */
export type CuPlotProps = Props<CuPlotElement, 'theme'> & { data?: Plot | undefined } & Pick<Listeners, 'oncu-error'>;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'cu-playground': CuPlaygroundProps;
      'cu-home': CuHomeProps;
      'cu-plot': CuPlotProps;
    }
  }
}
