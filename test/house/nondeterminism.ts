import ts from 'typescript';
import { lineOf, type ParsedSource } from './parse-source.js';
import { roomOf } from './rooms.js';

/** Globals that answer differently on another day, machine or locale. */
const GLOBALS = new Set(['performance', 'Intl', 'Temporal']);
const MODULES = new Set(['perf_hooks', 'node:perf_hooks', 'timers', 'node:timers', 'node:timers/promises']);
const RANDOM_SOURCES = new Set(['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues']);
/** Methods that read the machine's clock, locale or time zone, whatever object they are called on. */
const METHODS =
  /^(hrtime|uptime|localeCompare|toLocale\w*|toDateString|toTimeString|getTimezoneOffset|[gs]et(FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds))$/;

/** Uses of the wall clock, of unseeded randomness and of the locale or time zone outside `src/cli`. */
export function nondeterminism(sources: readonly ParsedSource[]): string[] {
  return sources.filter((source) => roomOf(source.path) !== 'cli').flatMap(usesIn);
}

function usesIn({ path, imports, tree }: ParsedSource): string[] {
  const found: string[] = imports
    .filter((entry) => MODULES.has(entry.specifier))
    .map((entry) => `${path}:${entry.line} uses ${entry.specifier}`);
  const visit = (node: ts.Node): void => {
    const use = nondeterministicUse(node);
    if (use !== undefined) found.push(`${path}:${lineOf(tree, node)} uses ${use}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function nondeterministicUse(node: ts.Node): string | undefined {
  const member = memberName(node);
  if (member !== undefined && METHODS.test(member)) return member;
  if (!ts.isIdentifier(node)) return undefined;
  if (RANDOM_SOURCES.has(node.text)) return node.text;
  if (isName(node) || isInType(node)) return undefined;
  if (GLOBALS.has(node.text)) return node.text;
  if (node.text === 'Math')
    return memberName(node.parent) === 'random' || !isMember(node.parent) ? 'Math.random' : undefined;
  if (node.text === 'Date') return wallClockDate(node);
  return undefined;
}

/** `Date` may convert a given number or text, and be asked for by `instanceof`; anything else can read the clock. */
function wallClockDate(node: ts.Identifier): string | undefined {
  const { parent } = node;
  if (ts.isNewExpression(parent) && parent.expression === node) {
    const [first, second] = parent.arguments ?? [];
    if (first === undefined) return 'new Date()';
    if (ts.isSpreadElement(first)) return 'new Date(...)';
    return second === undefined ? undefined : 'new Date(year, month, …) in local time';
  }
  if (isMember(parent)) {
    const name = memberName(parent);
    return name === 'UTC' || name === 'parse' ? undefined : `Date.${name ?? '[…]'}`;
  }
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) return undefined;
  return 'Date as a value';
}

function isMember(node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

function memberName(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
    return node.argumentExpression.text;
  return undefined;
}

/** Whether an identifier only names a member, as in `cost.performance` or `{ performance: 1 }`. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node && !isGlobalThis(parent.expression);
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent)) &&
    parent.name === node
  );
}

function isGlobalThis(node: ts.Expression): boolean {
  return ts.isIdentifier(node) && (node.text === 'globalThis' || node.text === 'global');
}

function isInType(node: ts.Identifier): boolean {
  return ts.isTypeNode(node.parent) || ts.isQualifiedName(node.parent);
}
