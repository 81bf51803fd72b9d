import { describe, expect, it } from 'vitest';
import { RunLog } from '../../src/simulation/run-log.js';
import { logThinkingTimeNote } from '../../src/simulation/run-notes.js';

function note(mostCandidates: number, version: 'v1.14.1' | 'v0.32.0'): readonly string[] {
  const log = new RunLog(() => 0);
  logThinkingTimeNote(log, mostCandidates, version);
  return log.events.map((event) => (event.type === 'Note' ? event.text : event.type));
}

describe('that the disruption loop takes no time to think', () => {
  it('is said from a hundred candidates on, with the metric that counts what the real one cut short', () => {
    expect(note(99, 'v1.14.1')).toEqual([]);
    expect(note(100, 'v1.14.1')).toEqual([
      expect.stringMatching(
        /up to 100 nodes .*after 1 minute .* 3 \(karpenter_voluntary_disruption_consolidation_timeouts_total\)/,
      ),
    ]);
    expect(note(250, 'v0.32.0')).toEqual([
      expect.stringMatching(/\(karpenter_disruption_consolidation_timeouts_total\)/),
    ]);
  });
});
