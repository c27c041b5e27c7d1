// The chunks of a WebP: its size, that it does not move and is all there (RFC 9649).
import { cutOff, type FileWindow } from './file-window.js';
import { MAX_METADATA_BYTES, type PictureHeader } from './picture-header.js';
import { rejected } from './rejected.js';

const RIFF_BYTES = 12;
const MAX_CHUNKS = 1000;
const ANIMATION_FLAG = 0x02;

/** Walks all chunks; throws IMAGE_REJECTED for an animation, and for what is broken, cut off or followed by anything. */
export async function readWebpHeader(file: FileWindow): Promise<PictureHeader> {
  const end = 8 + (await file.bytes(4, 4)).readUInt32LE(0);
  if (end > file.sizeBytes) throw cutOff();
  // Some writers leave the last byte of padding out of the count.
  if (file.sizeBytes > end + (end % 2))
    throw rejected('Behind the WebP there is something else in the file.');
  let frame: Size | undefined;
  let canvas: Size | undefined;
  let metadataBytes = 0;
  let offset = RIFF_BYTES;
  for (let chunks = 0; offset + 8 <= end; chunks++) {
    const head = await file.bytes(offset, 8);
    const type = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    const data = offset + 8;
    if (data + length > end) throw cutOff();
    if (type === 'ANIM' || type === 'ANMF') throw animated();
    if (type === 'VP8X') canvas = await readCanvas(file, data);
    else if (type === 'VP8 ' || type === 'VP8L') frame ??= await readFrame(file, type, data);
    else metadataBytes += length;
    if (chunks > MAX_CHUNKS || metadataBytes > MAX_METADATA_BYTES)
      throw rejected('The WebP holds more beside its picture than is allowed.');
    offset = data + length + (length % 2);
  }
  if (frame === undefined) throw broken();
  if (canvas !== undefined && (canvas.width !== frame.width || canvas.height !== frame.height))
    throw broken();
  // Its decoder answers whole pictures only.
  return { ...frame, wholeInMemory: true };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

async function readCanvas(file: FileWindow, at: number): Promise<Size> {
  const fields = await file.bytes(at, 10);
  if ((fields.readUInt8(0) & ANIMATION_FLAG) !== 0) throw animated();
  return { width: fields.readUIntLE(4, 3) + 1, height: fields.readUIntLE(7, 3) + 1 };
}

async function readFrame(file: FileWindow, type: 'VP8 ' | 'VP8L', at: number): Promise<Size> {
  if (type === 'VP8L') {
    const fields = await file.bytes(at, 5);
    if (fields.readUInt8(0) !== 0x2f) throw broken();
    const bits = fields.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  const fields = await file.bytes(at, 10);
  const isKeyFrame = (fields.readUInt8(0) & 1) === 0 && fields.readUIntBE(3, 3) === 0x9d012a;
  if (!isKeyFrame) throw broken();
  return { width: fields.readUInt16LE(6) & 0x3fff, height: fields.readUInt16LE(8) & 0x3fff };
}

function animated() {
  return rejected('The picture is animated (WebP); send one that stands still.');
}

function broken() {
  return rejected('The WebP is broken: its chunks make no sense.');
}
