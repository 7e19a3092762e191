/** The worker's side of `cu/worker`. */

import type { CuOptions, Store } from '../index.js';

export interface ServeOptions {
  /** The store of all connections, which stays open when they end; without it each page says what its store is. */
  store?: Store | Promise<Store> | (() => Store | Promise<Store>);
  /** More kinds of stores, by the key under which a page asks for them: gets the value under it, and the other options. */
  stores?: { [kind: string]: (value: any, options: any, context: any) => Store | Promise<Store> };
  /** What `cu/encrypted` exports, for pages that ask for an encrypted store. */
  encryption?: object;
  /** Of every instance; a page may say others. */
  options?: Omit<CuOptions, 'store' | 'onEvent' | 'onTick' | 'stop'>;
}

/** Answers every page that connects. Call it while the worker's file is read, before anything is awaited. */
export function serve(options?: ServeOptions): void;
