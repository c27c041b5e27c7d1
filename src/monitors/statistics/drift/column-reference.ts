// What a column looked like in the reference, and one of its values, as far as drift needs to know.

/** Numbers: quantiles are the inverse ECDF at i / (length - 1); bin i of the histogram is edges[i-1] < x <= edges[i]. */
export interface NumericReference {
  readonly kind: 'numeric';
  readonly count: number;
  readonly missing: number;
  readonly mean: number;
  /** Population standard deviation (ddof 0). */
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly quantiles: readonly number[];
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
}

/** Categories and how often each came; booleans are the categories `false` and `true`. */
export interface CategoryReference {
  readonly kind: 'category';
  readonly count: number;
  readonly missing: number;
  readonly counts: Readonly<Record<string, number>>;
}

export type ColumnReference = NumericReference | CategoryReference;

/** One value of a column; null where it is missing. */
export type Cell = number | string | boolean | null;
