// A picture as text: base64 (RFC 4648, section 4) without slack, perhaps as a data: URL.
import { z } from 'zod';

const MAX_BYTES = 5_000_000;
const MAX_CHARACTERS = Math.ceil(MAX_BYTES / 3) * 4;
const DATA_URL = /^data:[\w.+/-]{0,100};base64,/i;

/** Decodes to at most 5 MB; its type is judged by the bytes, so what a data: URL says of it does not matter. */
export const pictureText = z.string().transform((text, context): Buffer => {
  const [prefix = ''] = DATA_URL.exec(text) ?? [];
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const length = text.length - prefix.length;
  if (length > MAX_CHARACTERS) return refuse('at most 5 MB once decoded; use createUpload for more');
  const encoded = text.slice(prefix.length);
  const bytes = Buffer.from(encoded, 'base64');
  // Node decodes whatever it can; only what it would write the same way is taken.
  if (length === 0 || bytes.toString('base64') !== encoded)
    return refuse('must be base64, with its padding and nothing else');
  return bytes.length > MAX_BYTES ? refuse('at most 5 MB once decoded; use createUpload for more') : bytes;
});
