// The questions a plugin's thread was asked and has not answered yet, each with a limit in time.
import type { EvaluatedAnswer, SnapshotAnswer } from './plugin-protocol.js';

export type PluginAnswer = EvaluatedAnswer | SnapshotAnswer;

/** Questions by their ids. */
export interface PluginQuestions {
  /** Answers undefined, after `onLate`, when `answerMs` have passed, and without it when all are given up. */
  open(id: number, onLate: () => void): Promise<PluginAnswer | undefined>;
  isOpen(id: number): boolean;
  /** An answer to a question that is not open any more is dropped. */
  answer(answer: PluginAnswer): void;
  giveUp(): void;
}

/** No questions yet. */
export function createPluginQuestions(answerMs: number): PluginQuestions {
  const settlers = new Map<number, (answer: PluginAnswer | undefined) => void>();
  return {
    open: (id, onLate) =>
      new Promise((resolve) => {
        const settle = (answer: PluginAnswer | undefined) => {
          clearTimeout(timer);
          settlers.delete(id);
          resolve(answer);
        };
        // An answer that lies there already, because this thread itself was busy, is heard first.
        const timer = setTimeout(() => {
          setImmediate(() => {
            if (!settlers.has(id)) return;
            onLate();
            settle(undefined);
          });
        }, answerMs);
        settlers.set(id, settle);
      }),
    isOpen: (id) => settlers.has(id),
    answer: (answer) => settlers.get(answer.id)?.(answer),
    giveUp: () => {
      for (const settle of settlers.values()) settle(undefined);
    },
  };
}
