// What is compared: a server that answers predictions, and where to look for what they cost.
import type { Root } from '../machine/process-tree.js';

export type SubjectKind = 'limit' | 'in-process' | 'vigie' | 'vigie-split';

export interface Subject {
  readonly name: string;
  readonly kind: SubjectKind;
  readonly url: string;
  /** Its processes; what they have started counts with them. */
  readonly roots: readonly Root[];
  /** Where it has one: of the Redis it uses. */
  readonly redisUrl?: string;
  readonly postgresUrl?: string;
  readonly stop: () => Promise<void>;
}

/** How a subject is asked. */
export interface Question {
  readonly url: string;
  readonly bodies: readonly string[];
  readonly rowsPerRequest: number;
}
