/** TypeScript's own findings in the author's modules, in our form. */
import { ts } from 'ts-morph'
import type { Diagnostic, RelatedPlace, Severity } from '../../diagnostics/diagnostic.js'
import { spanBetween, type SourceProgram } from './source-program.js'

export function typeDiagnostics({ root, program, modules }: SourceProgram): readonly Diagnostic[] {
  const found = modules.flatMap((file) => {
    const syntactic = program.getSyntacticDiagnostics(file)
    // Types of a file that does not parse are not worth telling.
    return syntactic.length > 0 ? syntactic : program.getSemanticDiagnostics(file)
  })
  return [...program.getGlobalDiagnostics(), ...found].map((diagnostic) => convert(root, diagnostic))
}

function convert(root: string, diagnostic: ts.Diagnostic): Diagnostic {
  const { file, start = 0, length = 0, relatedInformation = [] } = diagnostic
  return {
    code: `TS${diagnostic.code}`,
    severity: severityOf(diagnostic.category),
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
    span: file === undefined ? undefined : spanBetween(root, file, start, start + length),
    related: relatedInformation.flatMap((related): RelatedPlace[] => {
      if (related.file === undefined || related.file.isDeclarationFile) return []
      const from = related.start ?? 0
      const span = spanBetween(root, related.file, from, from + (related.length ?? 0))
      return [{ message: ts.flattenDiagnosticMessageText(related.messageText, '\n'), span }]
    }),
    help: undefined,
  }
}

function severityOf(category: ts.DiagnosticCategory): Severity {
  switch (category) {
    case ts.DiagnosticCategory.Error:
      return 'error'
    case ts.DiagnosticCategory.Warning:
      return 'warning'
    default:
      return 'info'
  }
}
