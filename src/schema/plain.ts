// What resolvers answer: objects in the shape of a schema class, which GraphQL reads by field and never constructs.

/** The same fields as the class, all the way down. */
export type Plain<T> = T extends Date
  ? Date
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? { readonly [Field in keyof T]: Plain<T[Field]> }
      : T;
