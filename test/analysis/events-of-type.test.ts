import { describe, expect, test } from 'vitest';
import { eventsOfType, eventsOfTypes } from '../../src/analysis/events-of-type.js';
import { LogBuilder } from './log-builder.js';

function log() {
  return [
    ...new LogBuilder()
      .at(1, 'Note', { code: 'first', text: 'one' })
      .at(2, 'NodeReady', { node: 'a' })
      .at(3, 'Note', { code: 'second', text: 'two' })
      .end(4),
  ];
}

describe('events of a log by type', () => {
  test('come in order', () => {
    expect(eventsOfType(log(), 'Note').map(({ code }) => code)).toEqual(['first', 'second']);
    expect(eventsOfType(log(), 'PodCreated')).toEqual([]);
  });

  test('of several types come in the order of the log', () => {
    expect(eventsOfTypes(log(), 'NodeReady', 'Note').map(({ timeMs }) => timeMs)).toEqual([1000, 2000, 3000]);
  });

  test('include those of a log that has grown since it was last asked', () => {
    const growing = log();
    expect(eventsOfType(growing, 'NodeReady')).toHaveLength(1);
    growing.push({ seq: growing.length, timeMs: 5000, type: 'NodeReady', node: 'b' });
    expect(eventsOfType(growing, 'NodeReady').map(({ node }) => node)).toEqual(['a', 'b']);
  });
});
