/** A value as inspector.lua describes it: too long, or of a kind, that does not cross the border in a few bytes. */

export class Described {
  /** @param {{ kind: 'table' | 'text' | 'function' | 'library' }} description */
  constructor(description) {
    Object.assign(this, description);
    if (description.fields !== undefined) this.fields = description.fields.map(([key, value]) => [key, describedOf(value)]);
  }
}

/** Tables do not come as such: an object is a description. */
export const describedOf = (value) => (Object.getPrototypeOf(Object(value)) === Object.prototype && value !== null ? new Described(value) : value);
