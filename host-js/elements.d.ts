/** Elements for pages: importing this defines `<cu-playground>` and `<cu-home>` (docs/elements.md). */

import type { HostFunctions, LuaValue } from './index.js';

/** What a script returned and printed. */
export interface ElementResult {
  values: LuaValue[];
  printed: string;
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

/** What both elements have. */
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

export declare const CuPlaygroundElement: { new (): CuPlaygroundElement; prototype: CuPlaygroundElement };
export declare const CuHomeElement: { new (): CuHomeElement; prototype: CuHomeElement };

declare global {
  interface HTMLElementTagNameMap {
    'cu-playground': CuPlaygroundElement;
    'cu-home': CuHomeElement;
  }

  interface HTMLElementEventMap {
    'cu-result': CustomEvent<ElementResult>;
    'cu-error': CustomEvent<ElementError>;
  }
}
