// The headers of a JPEG: its size, whether it is progressive, and whether it is all there (ITU-T T.81, annex B).
import { cutOff, type FileWindow, WINDOW_BYTES } from './file-window.js';
import { foreignNameOf, HEAD_BYTES } from './picture-format.js';
import { MAX_METADATA_BYTES, type PictureHeader } from './picture-header.js';
import { rejected } from './rejected.js';

const MAX_SEGMENTS = 10_000;
const START_OF_SCAN = 0xda;
/** What telephones and cameras write behind a picture is less. */
const MAX_TRAILER_BYTES = 32 * 1024 * 1024;
const END = Buffer.from([0xff, 0xd9]);

/** Walks the segments up to the first scan; throws IMAGE_REJECTED for what is broken, cut off or followed by another file. */
export async function readJpegHeader(file: FileWindow): Promise<PictureHeader> {
  let header: PictureHeader | undefined;
  let offset = 2;
  for (let segments = 0; segments < MAX_SEGMENTS && offset < MAX_METADATA_BYTES; segments++) {
    const { marker, at } = await nextMarker(file, offset);
    const length = (await file.bytes(at, 2)).readUInt16BE(0);
    if (length < 2) throw broken();
    if (isFrame(marker)) {
      if (header !== undefined) throw broken();
      header = await readFrame(file, marker, at);
    }
    if (marker === START_OF_SCAN) {
      if (header === undefined) throw broken();
      await checkEnd(file, at + length);
      return header;
    }
    offset = at + length;
  }
  throw rejected('The JPEG holds more beside its picture than is allowed.');
}

/** The marker at `offset`, any number of fill bytes before it, and where its segment begins. */
async function nextMarker(file: FileWindow, offset: number): Promise<{ marker: number; at: number }> {
  if ((await file.bytes(offset, 1)).readUInt8(0) !== 0xff) throw broken();
  for (let at = offset + 1; at < offset + HEAD_BYTES; at++) {
    const marker = (await file.bytes(at, 1)).readUInt8(0);
    if (marker === 0xff) continue;
    // Those without a length have no place before the first scan.
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd9)) throw broken();
    return { marker, at: at + 1 };
  }
  throw broken();
}

/** SOF0 to SOF15, between which DHT, JPG and DAC have their numbers. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

async function readFrame(file: FileWindow, marker: number, at: number): Promise<PictureHeader> {
  const frame = await file.bytes(at + 3, 4);
  // Of every four frames the third is progressive.
  return { width: frame.readUInt16BE(2), height: frame.readUInt16BE(0), wholeInMemory: marker % 4 === 2 };
}

/**
 * Within a scan `ff` is always followed by something else than `d9`, so the first such pair is the end. Telephones write more behind
 * it (a film, a second picture), which decoders leave alone; another kind of file there is meant for somebody else.
 */
async function checkEnd(file: FileWindow, scanAt: number): Promise<void> {
  const last = file.sizeBytes - END.length;
  if (last >= scanAt && (await file.bytes(last, END.length)).equals(END)) return;
  const end = await findEnd(file, Math.max(scanAt, file.sizeBytes - MAX_TRAILER_BYTES));
  if (end === undefined) throw cutOff();
  const behind = await file.bytes(end, Math.min(HEAD_BYTES, file.sizeBytes - end));
  const name = foreignNameOf(behind);
  if (name !== undefined) throw rejected(`Behind the JPEG the file is ${name}.`);
}

async function findEnd(file: FileWindow, from: number): Promise<number | undefined> {
  // One byte of each look is seen again, for a pair that lies on the border.
  for (let offset = from; offset < file.sizeBytes - 1; offset += WINDOW_BYTES - 1) {
    const part = await file.bytes(offset, Math.min(WINDOW_BYTES, file.sizeBytes - offset));
    const found = part.indexOf(END);
    if (found >= 0) return offset + found + END.length;
  }
  return undefined;
}

function broken() {
  return rejected('The JPEG is broken: its headers make no sense.');
}
