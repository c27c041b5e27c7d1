// The chunks of a PNG: its size, that it does not move, is all there, and holds no text that swells (PNG specification, 5 and 11).
import { cutOff, type FileWindow, WINDOW_BYTES } from './file-window.js';
import { MAX_METADATA_BYTES, type PictureHeader } from './picture-header.js';
import { createTextBudget } from './png-text.js';
import { rejected } from './rejected.js';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum. */
const FRAME_BYTES = 12;
const HEADER_BYTES = 13;

/** Walks all chunks; throws IMAGE_REJECTED for an animation, and for what is broken, cut off or followed by anything. */
export async function readPngHeader(file: FileWindow): Promise<PictureHeader> {
  const header = await readHeader(file);
  await checkEnd(file);
  const texts = createTextBudget(file);
  // Encoders write pieces of 8 KiB and more.
  const maxChunks = 10_000 + file.sizeBytes / 2048;
  let metadataBytes = 0;
  let hasPixels = false;
  let offset = SIGNATURE_BYTES + FRAME_BYTES + HEADER_BYTES;
  for (let chunks = 0; chunks < maxChunks; chunks++) {
    const { type, length } = await chunkAt(file, offset);
    const end = offset + FRAME_BYTES + length;
    if (end > file.sizeBytes) throw cutOff();
    if (type === 'IEND') {
      if (!hasPixels || length > 0) throw broken();
      if (end < file.sizeBytes) throw behind();
      return header;
    }
    if (type === 'acTL' || type === 'fcTL' || type === 'fdAT')
      throw rejected('The picture is animated (APNG); send one that stands still.');
    if (type === 'IDAT') hasPixels = true;
    else {
      metadataBytes += length;
      if (metadataBytes > MAX_METADATA_BYTES) throw tooMuch();
      await texts.take(type, offset + SIGNATURE_BYTES, length);
    }
    offset = end;
  }
  throw tooMuch();
}

/** Looked at before the walk, which of a large file takes its time. */
async function checkEnd(file: FileWindow): Promise<void> {
  const last = await chunkAt(file, file.sizeBytes - FRAME_BYTES).catch(() => undefined);
  if (last?.type === 'IEND') return;
  const tail = await file.bytes(
    Math.max(0, file.sizeBytes - WINDOW_BYTES),
    Math.min(WINDOW_BYTES, file.sizeBytes),
  );
  throw tail.includes('IEND') ? behind() : cutOff();
}

async function readHeader(file: FileWindow): Promise<PictureHeader> {
  const { type, length } = await chunkAt(file, SIGNATURE_BYTES);
  if (type !== 'IHDR' || length !== HEADER_BYTES) throw broken();
  const fields = await file.bytes(SIGNATURE_BYTES + 8, HEADER_BYTES);
  return {
    width: fields.readUInt32BE(0),
    height: fields.readUInt32BE(4),
    // Adam7: its passes are put together in memory.
    wholeInMemory: fields.readUInt8(12) !== 0,
  };
}

async function chunkAt(file: FileWindow, offset: number): Promise<{ type: string; length: number }> {
  const frame = await file.bytes(offset, 8);
  const type = frame.toString('latin1', 4, 8);
  if (!/^[A-Za-z]{4}$/.test(type)) throw broken();
  return { type, length: frame.readUInt32BE(0) };
}

function behind() {
  return rejected('Behind the PNG there is something else in the file.');
}

function broken() {
  return rejected('The PNG is broken: its chunks make no sense.');
}

function tooMuch() {
  return rejected('The PNG holds more beside its picture than is allowed.');
}
