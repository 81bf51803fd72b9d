import { isSelected } from '../cloud/launch/subnet-pool.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ClusterObjects, ScenarioSpec } from './scenario-spec.js';

/** Problems of a scenario's region and zones: those that the data does not have, and zones named twice. */
export function checkPlace(document: ScenarioDocument, catalogue: ScenarioCatalogue): readonly Problem[] {
  const { region, zones } = document.content;
  if (!catalogue.regions.includes(region)) {
    return [
      document.problem(['region'], {
        code: 'missing-reference',
        message: `there is no data for region "${region}"`,
        expected: `one of ${catalogue.regions.join(', ')}`,
        hint: didYouMean(region, catalogue.regions),
      }),
    ];
  }
  const known = catalogue.zones(region);
  return zones.flatMap((zone, index) => {
    const path = ['zones', index];
    if (!known.includes(zone)) {
      const problem = document.problem(path, {
        code: 'missing-reference',
        message: `"${zone}" is no zone of ${region}`,
        expected: `one of ${known.join(', ')}`,
        hint: didYouMean(zone, known),
      });
      return [problem];
    }
    if (zones.indexOf(zone) === index) return [];
    const message = `${zone} stands there twice`;
    return [document.problem(path, { code: 'duplicate-name', message, expected: 'each zone once' })];
  });
}

/** The subnets of a scenario, problems for names that lead nowhere, and remarks on NodeClasses that select none of them. */
export function resolveSubnets(
  document: ScenarioDocument,
  nodeClasses: ClusterObjects['nodeClasses'],
): {
  readonly subnets: ScenarioSpec['subnets'];
  readonly problems: readonly Problem[];
  readonly remarks: readonly string[];
} {
  const { zones } = document.content;
  const subnets = (document.content.subnets ?? []).map((subnet) => ({ ...subnet, tags: subnet.tags ?? {} }));
  const problems: Problem[] = [];
  for (const [index, { id, zone }] of subnets.entries()) {
    const path = ['subnets', index];
    if (!zones.includes(zone)) {
      const problem = document.problem([...path, 'zone'], {
        code: 'missing-reference',
        message: `"${zone}" is no zone of this scenario`,
        expected: `one of ${zones.join(', ')}`,
        hint: didYouMean(zone, zones),
      });
      problems.push(problem);
    }
    if (subnets.findIndex((other) => other.id === id) !== index) {
      const message = `there is another subnet ${id}`;
      problems.push(document.problem([...path, 'id'], { code: 'duplicate-name', message, expected: 'each id once' }));
    }
  }
  const remarks = nodeClasses.flatMap(({ metadata, subnetSelectorTerms }) =>
    subnets.length === 0 || subnets.some((subnet) => isSelected(subnet, subnetSelectorTerms))
      ? []
      : [`EC2NodeClass ${metadata.name} selects none of the subnets of this scenario: its NodePools launch nothing.`],
  );
  return { subnets, problems, remarks };
}
