/** Elements for pages: importing this defines `<cu-playground>`, `<cu-home>` and `<cu-plot>` (docs/elements.md). */

import type { HostFunctions, LuaValue } from './index.js';

/** What a script returned and printed. */
export interface ElementResult {
  values: LuaValue[];
  printed: string;
  /** What it put into `_io.output`. */
  output: LuaValue | undefined;
}

/** Why a script failed, or a home or a file could not be opened. */
export interface ElementError {
  error: Error;
  /** Without the place in the script. */
  message: string;
  /** Of the script, from 1. */
  line?: number;
  printed?: string;
}

/** What elements with a home have. */
interface CuElement extends HTMLElement {
  /** The name of a database of the browser; null: a home of the element's own, in memory. */
  home: string | null;
  /** Whether a named home ends with the page. */
  memory: boolean;
  theme: string | null;
}

/** `<cu-playground>`: a script with an editor, and what it prints and returns. */
export interface CuPlaygroundElement extends CuElement {
  /** The script as it is now. */
  code: string;
  src: string | null;
  readonly: boolean;
  /** Milliseconds that a run may take, 0 for any; 5000, where nothing else is said. */
  timeLimit: number;
  /** What scripts may call below `host`. */
  functions: HostFunctions;
  readonly running: boolean;
  /** Of the last run that ended. */
  readonly result: ElementResult | { error: Error; printed: string } | undefined;
  /** Runs the script. While one runs, that one's promise is answered. */
  run(): Promise<ElementResult>;
  /** Ends the script that runs. */
  stop(): Promise<void>;
}

/** `<cu-home>`: what is in a home, as it changes. */
export interface CuHomeElement extends CuElement {
  /** Reads again what is shown. */
  refresh(): Promise<void>;
}

type TypedArray = Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array | BigInt64Array | BigUint64Array;

/** Texts are places side by side. */
export type PlotPlaces = readonly (number | bigint | string)[] | TypedArray;

/** null, and what is not finite, is a gap. */
export type PlotNumbers = readonly (number | bigint | null)[] | TypedArray;

/** What is drawn. */
export interface Plot {
  plot: 'line' | 'bar' | 'points';
  /** Default: 1, 2, 3. */
  x?: PlotPlaces;
  y?: PlotNumbers;
  /** At most 8, in the place of `y`. */
  series?: readonly { name?: string; x?: PlotPlaces; y: PlotNumbers }[];
  title?: string;
  x_label?: string;
  y_label?: string;
}

/** `<cu-plot>`: lines, bars or points. */
export interface CuPlotElement extends HTMLElement {
  /** Where it is not set: the JSON in the element. What is no plot is shown as an error. */
  data: Plot | LuaValue | undefined;
  theme: string | null;
}

export declare const CuPlotElement: { new (): CuPlotElement; prototype: CuPlotElement };
export declare const CuPlaygroundElement: { new (): CuPlaygroundElement; prototype: CuPlaygroundElement };
export declare const CuHomeElement: { new (): CuHomeElement; prototype: CuHomeElement };

declare global {
  interface HTMLElementTagNameMap {
    'cu-playground': CuPlaygroundElement;
    'cu-home': CuHomeElement;
    'cu-plot': CuPlotElement;
  }

  /** Of elements, the document and the window: events bubble. */
  interface GlobalEventHandlersEventMap {
    'cu-result': CustomEvent<ElementResult>;
    'cu-error': CustomEvent<ElementError>;
  }
}
