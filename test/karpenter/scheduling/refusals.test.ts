import { describe, expect, it } from 'vitest';
import { caseCluster } from '../../../src/conformance/case-cluster.js';
import { CaseCatalogs } from '../../../src/conformance/case-catalogs.js';
import { provisioningPass } from '../../../src/karpenter/scheduling/provisioning-pass.js';
import { schedulingProfile } from '../../../src/karpenter/versions/scheduling-profile-of.js';
import type { KarpenterVersion } from '../../../src/karpenter/settings.js';
import { refusalWords } from '../../../src/report/pack/refusal-words.js';
import { recordedCases, SHIPPED_CATALOGS } from '../../conformance/recorded-cases.js';

const VERSIONS: readonly KarpenterVersion[] = ['v1.14.1', 'v0.32.0'];
const FAMILIES = ['existing', 'volumes', 'hostports', 'taints', 'affinity', 'spread-mixed', 'limits', 'requirements'];

describe('reasons of pods that cannot be placed, over recorded clusters', () => {
  const catalogs = new CaseCatalogs([SHIPPED_CATALOGS]);

  it.each(VERSIONS.flatMap((version) => FAMILIES.map((family) => ({ version, family }))))(
    '$version $family: every NodePool and every existing node gives one, in words',
    ({ version, family }) => {
      let failed = 0;
      for (const { caseFile } of recordedCases(version, family)) {
        const { snapshot, settings } = caseCluster(caseFile, version, catalogs);
        const profile = schedulingProfile(version);
        const { result } = provisioningPass(snapshot, settings, profile, () => 0.5);
        const staying = snapshot.stateNodes.filter((node) => !profile.stateNodes.view(node).markedForDeletion);
        for (const [uid, error] of result.errors) {
          failed++;
          const refusals = result.nodeRefusals?.(uid) ?? [];
          expect(refusals, caseFile.name).toHaveLength(staying.length);
          for (const cause of [...error.causes, ...refusals.map((refusal) => refusal.error)]) {
            const words = refusalWords(cause);
            expect(words, cause.code).toMatch(/\w+ \w+/);
            expect(words, cause.code).not.toMatch(/undefined|NaN|\(\)|\[\]/);
          }
        }
      }
      expect(failed).toBeGreaterThan(0);
    },
  );
});
