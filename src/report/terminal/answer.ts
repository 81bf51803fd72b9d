import type { ChalkInstance } from 'chalk';
import type { TimeWindow } from '../../analysis/provisioning-steps.js';
import { outlook } from '../../analysis/outlook.js';
import type { RunAnalysis } from '../../analysis/run-analysis.js';
import type { Summary } from '../../analysis/summary.js';
import { consolidationStory } from './consolidation-story.js';
import { nodeGroupsText } from './node-groups.js';
import { outlookText } from './outlook.js';
import { overview } from './overview.js';
import { paletteOf, type Palette } from './palette.js';
import { groupProvisioningStory, provisioningStory } from './provisioning-story.js';
import { requestStory } from './request-story.js';
import { WIDTH, wrap } from './wrap.js';

/** Which of the guide's stories a scenario tells, and the window of time it is about. */
export interface Story {
  readonly story: 'traffic-spike' | 'underutilization' | 'none';
  readonly window?: TimeWindow | undefined;
}

/** The printed answer of one run: overview, the scenario's story, and every note. Fits 100 columns; ends with a newline. */
export function answer(run: RunAnalysis, summary: Summary, { story, window }: Story, chalk: ChalkInstance): string {
  const palette = paletteOf(chalk);
  const begins = outlook(run.log, run.nodes);
  const parts = begins === undefined ? [] : [outlookText(begins, run.facts.startTimeMs, palette)];
  parts.push(overview(run, summary, palette));
  const ofKarpenter = run.facts.baseline === undefined;
  // The stories of nodes are Karpenter's steps; a baseline has groups of nodes instead.
  if (!ofKarpenter) parts.push(nodeGroupsText(run, palette));
  if (run.facts.baseline === 'cluster-autoscaler') parts.push(groupProvisioningStory(run, window, palette));
  if (ofKarpenter && story === 'traffic-spike') parts.push(provisioningStory(run, window, palette));
  const requests = story === 'none' ? undefined : requestStory(run, window, palette);
  if (requests !== undefined) parts.push(requests);
  if (ofKarpenter && story === 'underutilization') parts.push(consolidationStory(run, window, palette));
  if (summary.notes.length > 0) parts.push(notes(summary.notes, palette));
  return parts.join('\n\n') + '\n';
}

function notes(texts: readonly string[], palette: Palette): string {
  const lines = texts.map((text) => wrap(text, WIDTH, '  - ', '    '));
  return [palette.title('Notes'), ...lines].join('\n');
}
