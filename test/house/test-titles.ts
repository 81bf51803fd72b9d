import ts from 'typescript';

/** Titles of a test file's suites and tests. Rows of `each` that begin with a text stand for the titles they fill. */
export function testTitles(tree: ts.SourceFile): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [first] = node.arguments;
      if (isTestFunction(node.expression) && first !== undefined) {
        if (ts.isStringLiteralLike(first)) titles.push(first.text);
        else if (ts.isArrayLiteralExpression(first)) titles.push(...first.elements.flatMap(rowTitle));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return titles;
}

/** `it`, `describe.each`, and what `it.each(…)` returns. */
function isTestFunction(node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return ['it', 'test', 'describe'].includes(node.text);
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return isTestFunction(node.expression);
  return false;
}

function rowTitle(row: ts.Expression): string[] {
  const [first] = ts.isArrayLiteralExpression(row) ? row.elements : [];
  return first !== undefined && ts.isStringLiteralLike(first) ? [first.text] : [];
}
