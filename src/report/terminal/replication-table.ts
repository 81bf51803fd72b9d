import type { ChalkInstance } from 'chalk';
import { METRICS } from '../../analysis/metrics.js';
import { metricLevel } from '../../experiment/compare.js';
import type { Replication } from '../../experiment/replication.js';
import { metricFigure, unitWords } from '../metric-figures.js';
import { paletteOf } from './palette.js';
import { alignedTable } from './table.js';

/** Every measured metric of a run that was repeated under other seeds: mean, interval, least and most. */
export function replicationTable({ variants, seedsAsked, ended }: Replication, chalk: ChalkInstance): string {
  const palette = paletteOf(chalk);
  const [variant] = variants;
  if (variant === undefined) return '';
  const { runs } = variant;
  const rows = METRICS.flatMap((metric) => {
    const found = metricLevel(variant, metric);
    if (found === undefined) return [];
    const values = runs.flatMap(({ metrics }) => metrics[metric.name] ?? []);
    const figure = (value: number): string => metricFigure(metric, value);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const interval = `${figure(found.low)} … ${figure(found.high)}`;
    return [[metric.name, palette.aside(unitWords(metric)), figure(found.mean), interval, figure(least), figure(most)]];
  });
  const stopped = {
    precise: `, precise enough after ${runs.length} of ${seedsAsked}`,
    interrupted: `, interrupted: ${seedsAsked} were asked for`,
    all: '',
  }[ended];
  const title = `The same run under ${runs.length} seeds (${runs[0]?.seed ?? ''} to ${runs.at(-1)?.seed ?? ''})${stopped}`;
  const head = ['metric', '', 'mean', '95 % interval', 'least', 'most'].map(palette.aside);
  return `${palette.title(title)}\n${alignedTable([head, ...rows], 2)}\n`;
}
