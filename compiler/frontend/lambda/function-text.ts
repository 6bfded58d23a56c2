/** Functions as text, for those that are called as they are. */
import type { CapturedValue } from '../../ir/captured-value.js'
import type { FunctionText } from '../../ir/lambda.js'
import type { FunctionNode, LambdaEnvironment } from './environment.js'
import { ts } from 'ts-morph'

/** As an expression; types are still in it. */
export function functionText(node: FunctionNode): string {
  const text = node.getText()
  return ts.isMethodDeclaration(node) ? `({ ${text} })[${JSON.stringify(node.name.getText())}]` : text
}

/** Of all functions among captured values, by site. */
export function functionTexts(
  captures: ReadonlyMap<string, CapturedValue>,
  environment: LambdaEnvironment,
): ReadonlyMap<number, FunctionText> {
  const texts = new Map<number, FunctionText>()
  const visit = (value: CapturedValue): void => {
    switch (value.kind) {
      case 'array':
      case 'set':
        value.items.forEach(visit)
        return
      case 'object':
        for (const [, member] of value.entries) visit(member)
        return
      case 'map':
        for (const pair of value.entries) pair.forEach(visit)
        return
      case 'lambda': {
        if (texts.has(value.site)) return
        const node = environment.functionAt(value.site)
        if (node === undefined) throw new Error(`no function stands at site ${value.site}`)
        const span = environment.spanOf(node)
        texts.set(value.site, { file: span.file, span, text: functionText(node) })
        for (const inner of value.captures.values()) visit(inner)
        return
      }
      case 'primitive':
      case 'date':
      case 'regexp':
      case 'bytes':
      case 'import':
        return
    }
  }
  for (const value of captures.values()) visit(value)
  return texts
}
