import { parseGoDuration } from '../kubernetes/duration.js';

/** A Go duration in ms. @throws Error when it is none */
export function durationMs(text: string): number {
  const duration = parseGoDuration(text);
  if (duration === undefined) throw new Error(`"${text}" is not a duration`);
  return duration;
}
