// Remembers how to undo what a run has started, so that nothing is left behind however it ends.

export interface Cleanup {
  /** Undone last-in-first-out. Throws when the run is over already, so that nothing starts behind its back. */
  add(undo: () => Promise<void> | void): void;
  /** Undoes everything; one failure does not keep the others from being undone. */
  run(): Promise<void>;
}

export function createCleanup(): Cleanup {
  const undos: (() => Promise<void> | void)[] = [];
  let over = false;
  return {
    add(undo) {
      undos.push(undo);
      if (over) throw new Error('the run is over');
    },
    async run() {
      over = true;
      for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
        try {
          await undo();
        } catch (error) {
          console.error(error);
        }
      }
    },
  };
}
