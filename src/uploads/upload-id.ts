// The ids of uploads: UUIDs of version 7 where a client opened one, of version 8 where the bytes themselves are the name.

// Strict, because an id becomes part of a path.
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a text from outside has the form of an id. */
export function isUploadId(text: string): boolean {
  return ID.test(text);
}

/** The id (UUID version 8, RFC 9562) of bytes with this hexadecimal SHA-256: the same bytes, the same id. */
export function idOfBytes(sha256: string): string {
  const variant = ((parseInt(sha256.slice(16, 17), 16) & 3) | 8).toString(16);
  const third = `8${sha256.slice(13, 16)}`;
  const fourth = `${variant}${sha256.slice(17, 20)}`;
  return [sha256.slice(0, 8), sha256.slice(8, 12), third, fourth, sha256.slice(20, 32)].join('-');
}
