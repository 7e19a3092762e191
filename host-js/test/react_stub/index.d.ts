// As much of React's types as the elements' need, in the same places: the package itself is none of this one's.

export type ReactNode = unknown;

export interface RefObject<T> {
  current: T | null;
}

export interface ClassAttributes<T> {
  key?: string | number | null | undefined;
  ref?: RefObject<T> | ((instance: T | null) => void) | null | undefined;
}

export interface MouseEvent<T> {
  currentTarget: T;
}

export interface HTMLAttributes<T> {
  children?: ReactNode;
  className?: string | undefined;
  onClick?: ((event: MouseEvent<T>) => void) | undefined;
}

export type DetailedHTMLProps<E extends HTMLAttributes<T>, T> = ClassAttributes<T> & E;

export namespace JSX {
  type Element = object;
  interface ElementChildrenAttribute {
    children: unknown;
  }
  interface IntrinsicElements {
    main: DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement>;
  }
}
