// Which of the two media types of GraphQL over HTTP an answer is given in.

export type AnswerType =
  'application/json; charset=utf-8' | 'application/graphql-response+json; charset=utf-8';

const OFFERED: readonly (readonly [essence: string, type: AnswerType])[] = [
  ['application/json', 'application/json; charset=utf-8'],
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
];
const JSON_TYPE = OFFERED[0]?.[1] ?? 'application/json; charset=utf-8';

/**
 * What an `accept` header likes best, by quality, then by how exactly it names a type, then by its own order; undefined
 * when it accepts neither. Without a header it is plain JSON.
 */
export function acceptedType(accept: string | undefined): AnswerType | undefined {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json')
    return JSON_TYPE;
  const ranges = accept.split(',').map(toRange);
  const liked = OFFERED.flatMap(([essence, type]) => {
    const [best] = ranges
      .map((range, order) => ({ ...range, order, exactness: exactnessOf(range.name, essence) }))
      .filter(({ exactness }) => exactness > 0)
      .sort((a, b) => b.exactness - a.exactness || b.quality - a.quality || a.order - b.order);
    return best === undefined || best.quality === 0 ? [] : [{ ...best, type }];
  });
  return liked.sort((a, b) => b.quality - a.quality || b.exactness - a.exactness || a.order - b.order)[0]
    ?.type;
}

function toRange(text: string): { readonly name: string; readonly quality: number } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const given = quality === undefined ? 1 : Number(quality.slice(2));
  return { name, quality: Number.isFinite(given) ? given : 0 };
}

function exactnessOf(range: string, essence: string): 0 | 1 | 2 | 3 {
  if (range === essence) return 3;
  if (range === 'application/*') return 2;
  return range === '*/*' ? 1 : 0;
}
