import { availableParallelism } from 'node:os';
import { agreementText } from '../conformance/agreement-text.js';
import { checkFolder, type CheckReport } from '../conformance/check-folder.js';
import { RECORDED_KINDS } from '../conformance/selection.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import { problemLines } from '../report/problem-lines.js';
import { paletteOf } from '../report/terminal/palette.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { progressBar } from './progress.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim conformance`, checked as far as the command line alone can. */
export interface ConformanceOptions {
  readonly folder: string;
  readonly kind?: string | undefined;
  readonly karpenter?: KarpenterVersion | undefined;
  readonly family?: string | undefined;
  readonly name?: string | undefined;
  readonly json?: boolean | undefined;
  readonly diff?: boolean | undefined;
}

/**
 * Compares a folder of recordings on all cores and prints the agreement. Ends with 1 when a case was decided otherwise or there
 * was none.
 *
 * @throws BadInput for a kind that does not exist
 */
export async function runConformance(options: ConformanceOptions): Promise<ExitCode> {
  const { kind, karpenter: version, family, name } = options;
  const folder = fromCaller(options.folder);
  const progress = await progressBar('conformance');
  const { report, problems } = await checkFolder(folder, {
    selection: { kind, version, family, name },
    threads: availableParallelism(),
    onProgress: progress.update,
  }).finally(progress.stop);
  if (problems !== undefined) {
    process.stderr.write(problemLines(problems, toCaller));
    return EXIT.badInput;
  }
  if (report.nothing !== undefined) {
    if (kind !== undefined && !RECORDED_KINDS.includes(kind)) throw unknownKind(kind);
    process.stderr.write(`karpsim: nothing to check in ${toCaller(folder)}: ${report.nothing}\n`);
  }
  const text =
    options.json === true ? json(report) : agreementText(report, paletteOf(terminalColours()), options.diff === true);
  process.stdout.write(text);
  return report.failed > 0 || report.nothing !== undefined ? EXIT.gateFailed : EXIT.done;
}

function unknownKind(kind: string): BadInput {
  const hint = didYouMean(kind, RECORDED_KINDS) ?? `try --kind ${RECORDED_KINDS[0] ?? ''}`;
  return new BadInput(
    `--kind: "${kind}" is no kind of recording (expected one of ${RECORDED_KINDS.join(', ')}) — ${hint}`,
  );
}

/** What is missing on one side is null there. */
function json({ passed, failed, rows, failures }: CheckReport): string {
  const shown = failures.map(({ name, expected = null, got = null }) => ({ name, expected, got }));
  return `${JSON.stringify({ passed, failed, rows, failures: shown })}\n`;
}
