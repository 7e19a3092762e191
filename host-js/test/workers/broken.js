// A worker file that fails.

throw new Error('it is broken on purpose');
