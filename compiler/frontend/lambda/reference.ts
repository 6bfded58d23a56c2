import type { ts } from 'ts-morph'
import type { Expression } from '../../ir/lambda.js'
import type { Frame } from './frame.js'
import { orUndefined } from './or-undefined.js'

/** An identifier where its value is wanted. */
export function reference(frame: Frame, node: ts.Identifier): Expression {
  const base = frame.base(node)
  const meaning = frame.meaning(node)
  switch (meaning.kind) {
    case 'local':
      if (!frame.lowering.mayBeUndefined.has(meaning.local)) return { kind: 'local', local: meaning.local, ...base }
      return { kind: 'local', local: meaning.local, ...base, type: orUndefined(base.type) }
    case 'capture':
      return { kind: 'capture', name: frame.lowering.capture(meaning.name, meaning.value), ...base }
    case 'module': {
      const { local, module, name } = meaning.target
      return { kind: 'link', name: frame.lowering.link(local, module, name), ...base }
    }
    case 'global':
      if (meaning.name === 'undefined') return { kind: 'literal', value: undefined, ...base }
      return { kind: 'global', name: meaning.name, ...base }
  }
}
