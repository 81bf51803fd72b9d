import type { ChalkInstance } from 'chalk';
import type { NewNodeClaim, Packing } from '../../analysis/packing.js';
import { podName, workloadOf } from '../../analysis/pod-groups.js';
import type { UnmodelledField } from '../../kubernetes/manifest/problem.js';
import type { Pod } from '../../kubernetes/pod.js';
import { count, dollars, whole } from '../terminal/figures.js';
import { paletteOf, type Palette } from '../terminal/palette.js';
import { alignedTable } from '../terminal/table.js';
import { WIDTH, wrap } from '../terminal/wrap.js';
import { amountText } from './amounts.js';
import { assumptionWords } from './assumption-words.js';
import { ignoredWords, nodePoolWords, nodeWords } from './refusal-words.js';

/** Types of a NodeClaim that are shown. */
const FIRST_TYPES = 4;
/** Names in a list, and entries of a section, before the rest is only counted. */
const FIRST_NAMES = 8;
const FIRST_ENTRIES = 40;

/**
 * The printed answer of `karpsim pack`. Fits 100 columns; ends with a newline.
 *
 * @param shown - How a file's path is shown to the reader.
 */
export function packAnswer(packing: Packing, shown: (file: string) => string, chalk: ChalkInstance): string {
  const palette = paletteOf(chalk);
  const parts = [
    overview(packing, palette),
    existing(packing, palette),
    launched(packing, palette),
    unplaced(packing, palette),
    ignored(packing, palette),
    assumed(packing, shown, palette),
  ];
  return parts.filter((part) => part !== '').join('\n\n') + '\n';
}

function overview(packing: Packing, palette: Palette): string {
  const { cluster, nodePoolCount, nodeCount, triedPods, movingPods, newNodeClaims } = packing;
  const { settings, region, zones, typeCount, snapshot } = cluster;
  const placed = { old: podsOf(packing.existingNodes), new: podsOf(newNodeClaims), none: podsOf(packing.unplaced) };
  const leaving = snapshot.stateNodes.length - nodeCount;
  const from = newNodeClaims.reduce((sum, { choice }) => sum + (choice.types[0]?.pricePerHour ?? 0), 0);
  const rows = [
    [
      'offered',
      `${count(typeCount, 'instance type')} in ${zones.length === 0 ? `no zone of ${region}` : zones.join(', ')}`,
    ],
    ['NodePools', whole(nodePoolCount)],
    ['nodes', whole(snapshot.stateNodes.length) + (leaving === 0 ? '' : `, of which ${whole(leaving)} going away`)],
    [
      'pods',
      `${whole(snapshot.pods.length)}, of which ${whole(triedPods)} to place` +
        (movingPods === 0 ? '' : ` (${whole(movingPods)} leave a node that goes away)`),
    ],
    [
      'placed',
      `${whole(placed.old)} on existing nodes, ${whole(placed.new)} on ${count(newNodeClaims.length, 'new node')}, ` +
        `${whole(placed.none)} nowhere`,
    ],
    ...(newNodeClaims.length === 0
      ? []
      : [['price', `new nodes from ${dollars(from)} an hour, at the cheapest types`]]),
  ];
  const table = alignedTable(
    rows.map(([name = '', value = '']) => [palette.aside(name), value]),
    2,
  );
  return `${palette.title('One scheduling pass')} of Karpenter ${settings.version}\n\n${table}`;
}

function existing({ existingNodes }: Packing, palette: Palette): string {
  if (existingNodes.length === 0) return '';
  const rows = existingNodes
    .slice(0, FIRST_ENTRIES)
    .map(({ nodeName, nodePoolName, pods }) => [nodeName, nodePoolName ?? 'no NodePool', podList(pods)]);
  const head = ['node', 'NodePool', 'takes'].map(palette.aside);
  const title = palette.title(
    `${count(existingNodes.length, 'existing node')} ${existingNodes.length === 1 ? 'takes' : 'take'} pods`,
  );
  return [title, alignedTable([head, ...rows], 3), ...rest(existingNodes.length)].join('\n');
}

function launched({ newNodeClaims }: Packing, palette: Palette): string {
  if (newNodeClaims.length === 0) return '';
  const alike = new Map<string, NewNodeClaim[]>();
  for (const claim of newNodeClaims) {
    const identity = JSON.stringify([claim.nodePoolName, claim.requests, podList(claim.pods), claim.choice]);
    alike.set(identity, [...(alike.get(identity) ?? []), claim]);
  }
  const entries = [...alike.values()];
  const lines = entries.slice(0, FIRST_ENTRIES).flatMap(([claim, ...others]) => {
    if (claim === undefined) return [];
    const { choice, nodePoolName, pods, requests } = claim;
    const times = others.length === 0 ? '' : ` × ${whole(others.length + 1)}`;
    const amounts = Object.entries(requests).map(([name, amount]) => `${name} ${amountText(name, amount)}`);
    const types = choice.types
      .slice(0, FIRST_TYPES)
      .map(({ name, pricePerHour, capacityType, zone }) =>
        pricePerHour === undefined ? name : `${name} ${dollars(pricePerHour)} (${capacityType ?? ''}, ${zone ?? ''})`,
      );
    const more = choice.typeCount - types.length;
    const line = (name: string, value: string): string =>
      wrap(value, WIDTH, `    ${palette.aside(name.padEnd(9))}`, ' '.repeat(13));
    return [
      `  ${palette.figure(nodePoolName)}${times}`,
      line('pods', podList(pods)),
      line('requests', amounts.join(', ')),
      line(
        'types',
        `${whole(choice.typeCount)}, cheapest first: ${types.join(', ')}${more > 0 ? `, and ${whole(more)} more` : ''}`,
      ),
      line('zones', choice.zones.join(', ')),
      line('capacity', choice.capacityTypes.join(', ')),
    ];
  });
  const title = palette.title(count(newNodeClaims.length, 'new NodeClaim'));
  return [title, ...lines, ...rest(entries.length)].join('\n');
}

function unplaced({ unplaced: groups, nodePoolCount, nodeCount }: Packing, palette: Palette): string {
  if (groups.length === 0) return '';
  const alike = new Map<string, { pods: Pod[]; pools: string; nodes: string }>();
  for (const { pods, error, nodes: refusals } of groups) {
    const pools = nodePoolWords(error, nodePoolCount);
    const nodes = error.code === 'no-nodepools' ? '' : nodeWords(refusals, nodeCount);
    const identity = `${pools}\n${nodes}`;
    const known = alike.get(identity);
    if (known === undefined) alike.set(identity, { pods: [...pods], pools, nodes });
    else known.pods.push(...pods);
  }
  const lines = [...alike.values()]
    .slice(0, FIRST_ENTRIES)
    .flatMap(({ pods, pools, nodes }) => [
      wrap(podList(pods), WIDTH, '  ', '  '),
      wrap(pools, WIDTH, '    ', '      '),
      ...(nodes === '' ? [] : [wrap(nodes, WIDTH, '    ', '      ')]),
    ]);
  const title = palette.title(`${count(podsOf(groups), 'pod')} cannot be placed`);
  return [title, ...lines, ...rest(alike.size)].join('\n');
}

function ignored({ ignored: groups }: Packing, palette: Palette): string {
  if (groups.length === 0) return '';
  const lines = groups.slice(0, FIRST_ENTRIES).map(({ reasons, pods }) => {
    const quiet = reasons.every(({ code }) => code === 'bound' || code === 'finished');
    const who = quiet ? count(pods.length, 'pod') : podList(pods);
    return wrap(`${who}: ${reasons.map(ignoredWords).join('; ')}`, WIDTH, '  ', '    ');
  });
  const title = palette.title(`Karpenter leaves ${count(podsOf(groups), 'pod')} alone`);
  return [title, ...lines, ...rest(groups.length)].join('\n');
}

function assumed({ cluster }: Packing, shown: (file: string) => string, palette: Palette): string {
  const texts = [...cluster.assumptions.map(assumptionWords), ...unmodelledWords(cluster.unmodelled, shown)];
  if (texts.length === 0) return '';
  return [palette.title('Assumed'), ...texts.map((text) => wrap(text, WIDTH, '  - ', '    '))].join('\n');
}

/** Fields of the input that make no difference here although they do in a cluster, each with its first place. */
function unmodelledWords(fields: readonly UnmodelledField[], shown: (file: string) => string): readonly string[] {
  const byPath = new Map<string, UnmodelledField[]>();
  for (const field of fields) {
    // An object stands there as kind and name, and its kind is what is not modelled.
    const path = (field.path.split(' ')[0] ?? '').replaceAll(/\[\d+\]/g, '[]');
    byPath.set(path, [...(byPath.get(path) ?? []), field]);
  }
  return [...byPath].flatMap(([path, [first, ...others]]) => {
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : ` and ${whole(others.length)} more`;
    return [`Not modelled: ${path} (${shown(first.file)}:${first.line}${more}).`];
  });
}

function podsOf(groups: readonly { readonly pods: readonly Pod[] }[]): number {
  return groups.reduce((sum, { pods }) => sum + pods.length, 0);
}

function rest(entries: number): readonly string[] {
  return entries > FIRST_ENTRIES ? [`  … and ${whole(entries - FIRST_ENTRIES)} more; --json has them all`] : [];
}

/** `shop/web ×3, shop/batch-1`: pods by workload, those of nobody by name. */
function podList(pods: readonly Pod[]): string {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const name = workloadOf(pod)?.replace(/^\S+ /, '') ?? podName(pod);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = [...counts].map(([name, times]) => (times === 1 ? name : `${name} ×${whole(times)}`));
  const shown = names.slice(0, FIRST_NAMES);
  const left = [...counts.values()].slice(FIRST_NAMES).reduce((sum, times) => sum + times, 0);
  return shown.join(', ') + (left === 0 ? '' : ` and ${count(left, 'more pod')}`);
}
