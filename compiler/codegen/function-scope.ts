/** What names mean within one generated function. */
import type { ContextProperty, MirFunction, MirLocalId } from '../ir/mir.js'
import type { Field, InputReader } from '../ir/module-ir.js'
import { js, type Code } from './code.js'
import type { ModuleScope } from './module-scope.js'
import { numbered, variables } from './names.js'

export class FunctionScope {
  /** Counters of statement lists: the operators that each stands for. */
  readonly counters: { readonly name: Code; readonly operators: number[] }[] = []

  constructor(
    readonly module: ModuleScope,
    readonly fn: MirFunction,
    readonly reader: InputReader,
    readonly keyFields: ReadonlySet<number>,
  ) {}

  local(id: MirLocalId): Code {
    const local = this.fn.locals.get(id)
    if (local === undefined) throw new Error(`there is no local ${id}`)
    return numbered(local.name, id)
  }

  field(id: number): Field {
    const field = this.reader.fields[id]
    if (field === undefined) throw new Error(`there is no field ${id}`)
    return field
  }

  /** The bytes that a text field's positions are in: not the batch when the record was rewritten from another schema. */
  bufferOf(field: Field): Code {
    return this.keyFields.has(field.id) ? variables.keyBuffer : variables.valueBuffer
  }

  viewOf(field: Field): Code {
    return this.keyFields.has(field.id) ? variables.keyView : variables.valueView
  }

  context(property: ContextProperty): Code {
    switch (property) {
      case 'timestamp':
        return variables.timestamp
      case 'offset':
        return js`BigInt(${variables.offset})`
      case 'partition':
        return js`this.context.partition`
      case 'topic':
        return js`${this.reader.topic}`
      case 'headers': {
        const helper = this.module.helper('RecordHeaders')
        return js`new ${helper}(${variables.buffer}, ${variables.headersStart}, ${variables.next})`
      }
    }
  }

  counter(): Code {
    const name = numbered('count', this.counters.length)
    this.counters.push({ name, operators: [] })
    return name
  }
}
