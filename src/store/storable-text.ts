// Makes any text storable: Postgres takes neither the NUL character nor half of a surrogate pair.

/** JSON for the database; what it cannot hold becomes U+FFFD, so that one odd character never stops a batch. */
export function toStorableJson(value: unknown): string {
  // JSON.stringify writes both kinds as escapes and nothing else that way; an escaped backslash is stepped over.
  return JSON.stringify(value).replace(/\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g, (found) =>
    found === '\\\\' ? found : '\ufffd',
  );
}

/** The same for one plain string, so that a filter finds what was stored. */
export function toStorableText(text: string): string {
  return text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
