import type { ParsedSource, SourceImport } from './parse-source.js';

/** The rooms of `src`, each of which imports only those before it; `index` is src/index.ts, the library's face. */
const ROOMS = [
  'kernel',
  'kubernetes',
  'cloud',
  'karpenter',
  'baseline',
  'workload',
  'scenario',
  'simulation',
  'analysis',
  'experiment',
  'report',
  'conformance',
  'index',
  'cli',
];

/** These read what a simulation wrote and must not reach into it. */
const READERS_OF_THE_LOG = ['analysis', 'report'];
const EVENT_LOG = 'src/simulation/event-log.ts';

/** The room a file is in: the folder under `src`, or the file's own name for a file right in `src`. */
export function roomOf(file: string): string {
  return /^src\/([^/]+?)(\.ts)?(\/|$)/.exec(file)?.[1] ?? '';
}

/** Imports that point from a room to one below it, leave `src`, or lead nowhere. */
export function wrongArrows(sources: readonly ParsedSource[]): string[] {
  const known = new Set(sources.map((source) => source.path));
  return sources.flatMap((source) =>
    ROOMS.includes(roomOf(source.path))
      ? source.imports.flatMap((entry) => {
          const problem = wrongArrow(source.path, entry, known);
          return problem === undefined ? [] : [`${source.path}:${entry.line} imports ${entry.specifier}: ${problem}`];
        })
      : [`${source.path} is in no known room`],
  );
}

function wrongArrow(from: string, { target, typeOnly }: SourceImport, known: ReadonlySet<string>): string | undefined {
  if (target === undefined) return undefined;
  if (!target.startsWith('src/')) return 'leaves src';
  if (!known.has(target)) return `there is no ${target}`;
  const fromRoom = roomOf(from);
  const toRoom = roomOf(target);
  if (ROOMS.indexOf(toRoom) > ROOMS.indexOf(fromRoom)) return `${fromRoom} stands above ${toRoom}`;
  if (toRoom === 'simulation' && READERS_OF_THE_LOG.includes(fromRoom) && !(target === EVENT_LOG && typeOnly)) {
    return `${fromRoom} may import of simulation only the types of ${EVENT_LOG}`;
  }
  return undefined;
}

/** Circles of imports, types included, each named once from where the walk met it. */
export function importCycles(sources: readonly ParsedSource[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const trail: string[] = [];
  const found: string[] = [];
  const walk = (file: string): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      found.push(`import cycle: ${[...trail.slice(start), file].join(' -> ')}`);
      return;
    }
    if (done.has(file)) return;
    trail.push(file);
    const targets = new Set(byPath.get(file)?.imports.map((entry) => entry.target));
    for (const target of targets) if (target !== undefined) walk(target);
    trail.pop();
    done.add(file);
  };
  for (const source of sources) walk(source.path);
  return found;
}
