import type { KarpenterVersion } from '../karpenter/settings.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import type { CaseCatalogs } from './case-catalogs.js';
import { caseCluster } from './case-cluster.js';
import type { RecordedCase } from './case-file.js';
import { conditionsOutcome } from './conditions-outcome.js';
import { DisruptionQuestion } from './disruption-outcome.js';
import { provisioningOutcome, provisioningTrail, type ProvisioningOutcome } from './provisioning-outcome.js';
import { stableText } from './stable-text.js';
import { failed, judge, NOT_BUILT, type Verdict } from './verdict.js';

/** Compares our decision about one case with the recorded one. A case that cannot be read or asked has not agreed. */
export function checkCase(recorded: RecordedCase, catalogs: CaseCatalogs): Verdict {
  try {
    return ask(recorded, catalogs);
  } catch (error) {
    const expected = recorded.recording?.outcomes?.[0]?.result ?? recorded.recording?.methods;
    return { agreed: false, expected, got: failed(error) };
  }
}

function ask({ version, caseFile, recording }: RecordedCase, catalogs: CaseCatalogs): Verdict {
  if (recording === undefined) throw new Error('the folder has no recording of this case');
  if (!isSimulated(version)) throw new Error(`Karpenter ${version} is not simulated`);
  const { name, kind } = caseFile;
  const profile = schedulingProfile(version);
  const cluster = caseCluster(caseFile, version, catalogs);
  switch (kind) {
    case 'provisioning': {
      const verdict = judge(
        name,
        recording.outcomes ?? [],
        (random) => provisioningOutcome(cluster, profile, random),
        (outcome) => identity(outcome, 'errors'),
      );
      return verdict.agreed ? verdict : { ...verdict, trail: provisioningTrail(verdict.got as ProvisioningOutcome) };
    }
    case 'disruption': {
      const question = new DisruptionQuestion(cluster, profile);
      const verdicts = (recording.methods ?? []).map(({ method, outcomes }) => ({
        method,
        verdict: judge(
          `${name}/${method}`,
          outcomes,
          (random) => question.ask(method, random),
          (outcome) => identity(outcome, 'error'),
        ),
      }));
      // A case is one unit: it agrees when all its methods do.
      const wrong = verdicts.filter(({ verdict }) => !verdict.agreed);
      const shown = wrong.length > 0 ? wrong : verdicts;
      return {
        agreed: verdicts.length > 0 && wrong.length === 0,
        expected: Object.fromEntries(shown.map(({ method, verdict }) => [method, verdict.expected])),
        got: Object.fromEntries(shown.map(({ method, verdict }) => [method, verdict.got])),
        trail: wrong.flatMap(({ method }) => question.trail(method)),
      };
    }
    case 'conditions':
      return judge(name, recording.outcomes ?? [], () => conditionsOutcome(cluster), stableText);
    default:
      throw new Error(NOT_BUILT);
  }
}

function isSimulated(version: string): version is KarpenterVersion {
  return version === 'v1.14.1' || version === 'v0.32.0';
}

/** Text of an outcome without what is for people: of errors only whose they are, or that there is one. */
function identity(outcome: unknown, errorField: 'errors' | 'error'): string {
  const decision = outcome as Readonly<Record<string, unknown>>;
  const errors = decision[errorField];
  const bare = typeof errors === 'object' && errors !== null ? Object.keys(errors).sort() : errors !== undefined;
  return stableText({ ...decision, events: undefined, [errorField]: bare });
}
