import path from 'node:path';
import ts from 'typescript';

/** An import, export-from, dynamic import or `import('…')` type of a source file. */
export interface SourceImport {
  readonly line: number;
  readonly specifier: string;
  /** Path of the imported file from the project's root; undefined for a package. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
}

/** What the house rules look at in a source file. */
export interface ParsedSource {
  readonly path: string;
  readonly imports: readonly SourceImport[];
  readonly tree: ts.SourceFile;
}

/** @param file path from the project's root, with forward slashes */
export function parseSource(file: string, text: string): ParsedSource {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: SourceImport[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    imports.push({
      line: lineOf(tree, node),
      specifier: specifier.text,
      target: resolve(file, specifier.text),
      typeOnly,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, importsTypesOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, exportsTypesOnly(node));
    else if (ts.isImportTypeNode(node))
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node, node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path: file, imports, tree };
}

export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined && bindings !== undefined && ts.isNamedImports(bindings) && allTypes(bindings.elements)
  );
}

function exportsTypesOnly(declaration: ts.ExportDeclaration): boolean {
  const clause = declaration.exportClause;
  return declaration.isTypeOnly || (clause !== undefined && ts.isNamedExports(clause) && allTypes(clause.elements));
}

function allTypes(elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[]): boolean {
  return elements.length > 0 && elements.every((element) => element.isTypeOnly);
}

function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}
