// Which format bytes are in, by how they begin and never by what they are called.

export const PICTURE_FORMATS = ['jpeg', 'png', 'webp', 'tiff'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** So many bytes at the beginning tell a format. */
export const HEAD_BYTES = 512;

/** The content type of each format, and there is no other name for it here. */
export const CONTENT_TYPE_OF: Readonly<Record<PictureFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  tiff: 'image/tiff',
};

/** The format a content type such as `image/PNG; q=1` names; undefined for one that is not taken. */
export function formatOfType(contentType: string): PictureFormat | undefined {
  const essence = contentType.split(';')[0]?.trim().toLowerCase();
  return PICTURE_FORMATS.find((format) => CONTENT_TYPE_OF[format] === essence);
}

/** The format of bytes that begin with `head`; undefined for anything that is not taken. */
export function formatOf(head: Buffer): PictureFormat | undefined {
  const hex = head.subarray(0, 8).toString('hex');
  if (hex.startsWith('ffd8ff')) return 'jpeg';
  if (hex === '89504e470d0a1a0a') return 'png';
  if (/^(49492a00|4d4d002a|49492b00|4d4d002b)/.test(hex)) return 'tiff';
  return ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP' ? 'webp' : undefined;
}

/** What well-known thing that is no picture of ours begins so, with its article; undefined for what has no name here. */
export function foreignNameOf(head: Buffer): string | undefined {
  const begins = (text: string) => ascii(head, 0, text.length) === text;
  if (begins('GIF8')) return 'a GIF';
  if (begins('%PDF-')) return 'a PDF';
  if (begins('PK\x03\x04') || begins('Rar!') || begins('7z\xbc\xaf') || begins('\x1f\x8b'))
    return 'an archive';
  if (begins('MZ') || begins('\x7fELF')) return 'a program';
  if (begins('BM')) return 'a bitmap (BMP)';
  if (ascii(head, 4, 8) === 'ftyp' && /^(avi[fs]|hei|hev|mif1|msf1)/.test(ascii(head, 8, 12)))
    return 'an AVIF or HEIF';
  if (ascii(head, 4, 8) === 'JXL ' || head.subarray(0, 2).toString('hex') === 'ff0a') return 'a JPEG XL';
  return markupNameOf(head);
}

/** True where `head` is text in UTF-8 without control characters, whatever it says. */
export function isText(head: Buffer): boolean {
  // The last character may be cut in the middle.
  const text = head.toString('utf8').replace(/\ufffd$/, '');
  // eslint-disable-next-line no-control-regex -- these are what text does not have
  return text !== '' && !/[\0-\x08\x0e-\x1f\ufffd]/.test(text);
}

function markupNameOf(head: Buffer): string | undefined {
  const text = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (!text.startsWith('<')) return undefined;
  if (text.includes('<svg')) return 'an SVG';
  if (/^<(!doctype html|html|head|body|script)/.test(text)) return 'an HTML page';
  return text.startsWith('<?xml') ? 'an XML file' : undefined;
}

function ascii(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', from, to);
}
