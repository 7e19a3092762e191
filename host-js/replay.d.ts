/** Recordings of what crosses the border of the module, and their replay. */

import { Cu, CuError, CuEvent, CuOptions, MemoryStore, Store } from './index.js';

/** Takes a recording. */
export interface RecordingSink {
  /** Takes the next bytes, which nobody changes any more. What it throws ends the recording and the instance. */
  write(bytes: Uint8Array): void;
  /** The recording is over. */
  close?(): void;
}

/** A recording in memory. */
export class Recording implements RecordingSink {
  write(bytes: Uint8Array): void;
  /** All so far. */
  bytes(): Uint8Array;
  /** The same as a Blob. */
  blob(): Blob;
}

export interface RecordSettings {
  /** Bytes that are kept back at most while a call runs, 0 for none; default: 65,536. */
  buffer?: number;
}

export interface RecordedOptions<S extends Store = Store> extends Omit<CuOptions<S>, 'module'> {
  /** Bytes, or a URL: a recording names its module by the hash of the file. */
  module?: ArrayBuffer | Uint8Array | string | URL;
}

/** Loads and starts an instance whose calls are recorded until it is closed. */
export function record<S extends Store = MemoryStore>(
  sink: RecordingSink, options?: RecordedOptions<S>, settings?: RecordSettings,
): Promise<Cu<S>>;

/** A compute that was replayed, with the same end as in the recording. */
export interface ReplayedCompute {
  /** From 1. */
  number: number;
  /** Lua source, or a call record. */
  source: Uint8Array;
  /** As that of `computeRaw`: below 0 for an error. */
  status: number;
  /** The response, or the text of the error. */
  bytes: Uint8Array;
}

export interface ReplayOptions {
  /** Bytes, or a URL; default: cu.wasm of this package. */
  module?: ArrayBuffer | Uint8Array | string | URL;
  /** Gets the changes that the module made, where the recorded store kept them. */
  store?: Pick<Store, 'set' | 'delete'>;
  /** Gets every event that the module reports. */
  onEvent?: (event: CuEvent) => void;
  onCompute?: (compute: ReplayedCompute) => void;
  /** Whether the recording may break off, because the program died that wrote it; default: false. */
  unfinished?: boolean;
}

/** What was replayed. */
export interface Replayed {
  /** Computes, also those that failed. */
  computes: number;
  /** Calls of exports, computes among them. */
  calls: number;
  /** Calls of imports. */
  imports: number;
  /** Entries and bytes of the recording, up to the last call that is whole. */
  entries: number;
  bytes: number;
  /** Whether the recording ends as one should. */
  whole: boolean;
}

/** Replays a recording; throws DivergenceError where the module does something else, and RecordingError for a recording that is none. */
export function replay(recording: Uint8Array | ArrayBuffer, options?: ReplayOptions): Promise<Replayed>;

/** A recording cannot be written, read or replayed. */
export class RecordingError extends CuError {
  readonly reason: 'write' | 'signature' | 'version' | 'module' | 'damaged' | 'malformed' | 'cut';
  /** The number of the entry, from 0. */
  readonly entry: number | undefined;
  /** Of the first byte that cannot be right. */
  readonly offset: number | undefined;
  /** Of a recording that is cut, what was replayed. */
  readonly replayed: Replayed | undefined;
}

/** In a replay, the module did something else than in the recording. */
export class DivergenceError extends CuError {
  /** The number of the entry, from 0, and the offset of its first byte. */
  readonly entry: number;
  readonly offset: number;
  /** The number of the compute, from 1; 0 is before the first one. */
  readonly compute: number;
  /** What the recording says, and what the module did. */
  readonly recorded: string;
  readonly came: string;
}
