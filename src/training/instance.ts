// One example with its true answer: what a model is trained on, tested with and sent by a simulator.

/** Features by name, as a client sends them, and the class that is right. */
export interface Instance {
  readonly features: Readonly<Record<string, number | string>>;
  readonly truth: string;
}
