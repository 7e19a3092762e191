// A worker file whose store has turns, as that of a browser has, of which one is open at a time. `storage` tells how many there were. The turn
// with the number `fails` is not saved; that with the number `refused` cannot be had.

import { MemoryStore } from '../../index.js';
import { serve } from '../../worker/serve.js';

class TurningStore extends MemoryStore {
  constructor({ fails, refused }) {
    super();
    Object.assign(this, { fails, refused, count: 0, isInTurn: false, last: Promise.resolve() });
  }

  turn(action) {
    const number = ++this.count;
    const turn = this.last.then(async () => {
      if (number === this.refused) throw new Error('no turn');
      this.isInTurn = true;
      try {
        return await action();
      } finally {
        this.isInTurn = false;
      }
    });
    this.last = turn.catch(() => {});
    return turn.then(async (result) => {
      await new Promise((resolve) => { setTimeout(resolve, 2); });
      if (number === this.fails) throw new Error('not saved');
      return result;
    });
  }

  begin() {
    if (!this.isInTurn) throw new Error('a compute outside of a turn');
    return super.begin();
  }

  storage() {
    return { count: this.count };
  }
}

serve({ stores: { turning: (value, options) => new TurningStore(options) } });
