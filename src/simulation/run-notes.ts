import type { LatencyBasis } from '../cloud/launch/launch-latency.js';
import type { DataSource } from '../cloud/prices/price-book.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import type { RunLog } from './run-log.js';

/** What a reader of the results must know before they begin: unsupported input, sources, the author's remarks. */
export function logScenarioNotes(log: RunLog, spec: ScenarioSpec, sources: readonly DataSource[]): void {
  for (const text of spec.notes) log.append('Note', { code: 'scenario', text });
  for (const { file, line, path } of spec.unmodelled) {
    log.append('Note', { code: 'not-modelled', text: `${file}:${line}: ${path} is not modelled and has no effect` });
  }
  for (const { name, asOf, source } of sources) {
    log.append('Note', { code: 'prices', text: `${name} as of ${asOf}: ${source}` });
  }
  const { persistentVolumeClaims, statefulSets } = spec.cluster;
  if (persistentVolumeClaims.length > 0 || statefulSets.some((set) => set.volumeClaimTemplates.length > 0)) {
    const text = 'volumes are never bound in a run: a claim that waits for its first consumer pins no zone afterwards';
    log.append('Note', { code: 'volumes', text });
  }
}

/** How many observed launches stand behind the latencies of the types that were used. */
export function logLatencyNotes(log: RunLog, bases: ReadonlyMap<string, LatencyBasis>): void {
  const typesByBasis = new Map<string, string[]>();
  for (const [type, { rows, description, extrapolated }] of bases) {
    const text = `${rows} observed launches${extrapolated ? ', a stated fallback' : ''}: ${description}`;
    const types = typesByBasis.get(text);
    if (types === undefined) typesByBasis.set(text, [type]);
    else types.push(type);
  }
  for (const [text, types] of typesByBasis) {
    log.append('Note', { code: 'launch-latency', text: `launch latency of ${types.join(', ')} from ${text}` });
  }
}
