// Many streams at once, that nobody speaks on.
import { EventStream } from './event_stream.mjs';
import { listeningOf } from './requests.mjs';

const AT_ONCE = 20;

/** @param {object[]} sides whose streams they are, in turn */
export async function openStreams(sides, count) {
  const streams = [];
  while (streams.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - streams.length) }, (_, index) => openOne(sides[(streams.length + index) % sides.length]));
    streams.push(...(await Promise.all(some)));
  }
  return streams;
}

async function openOne(side) {
  const stream = await EventStream.open(listeningOf(side));
  await stream.next();
  return stream;
}

export async function closeStreams(streams) {
  await Promise.all(streams.map((stream) => stream.close()));
}

export const beatsOf = (streams) => streams.reduce((sum, { beats }) => sum + beats, 0);
