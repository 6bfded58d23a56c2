/** What names mean within one generated function. */
import type { ContextProperty, MirFunction, MirLocalId } from '../ir/mir.js'
import type { Field, InputReader } from '../ir/module-ir.js'
import { js, Name, type Code } from './code.js'
import type { ModuleScope } from './module-scope.js'
import { fieldName, loopVariables, numbered, variables } from './names.js'

export class FunctionScope {
  /** Whether this is the body of a method beside the record loop: the operator and counts are then the task's fields. */
  readonly outlined: boolean
  /** Counters of statement lists: the operators that each stands for. */
  readonly counters: { readonly name: Code; readonly operators: number[] }[] = []

  constructor(
    readonly module: ModuleScope,
    readonly fn: MirFunction,
    readonly reader: InputReader,
    readonly keyFields: ReadonlySet<number>,
    outlined = false,
  ) {
    this.outlined = outlined
  }

  /** The same names in a method of its own. */
  inMethod(): FunctionScope {
    return new FunctionScope(this.module, this.fn, this.reader, this.keyFields, true)
  }

  /** Of a set of identifiers those that the record loop declares: what a method has to be given. */
  outerNames(mentioned: ReadonlySet<string>, inner: ReadonlySet<MirLocalId> = new Set()): readonly Name[] {
    const outer = new Set<string>(loopVariables.map((name) => name.text))
    for (const field of this.reader.fields) {
      for (const suffix of ['', 'Start', 'End', 'Text'] as const) outer.add(fieldName(field, suffix).text)
    }
    for (const { id, name } of this.fn.locals.values()) if (!inner.has(id)) outer.add(numbered(name, id).text)
    return [...mentioned].filter((name) => outer.has(name)).map((name) => new Name(name))
  }

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
    const [part, view] = this.keyFields.has(field.id)
      ? [this.reader.key, variables.keyView]
      : [this.reader.value, variables.valueView]
    return part.kind === 'plain' ? variables.view : view
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
    const name = new Name(`count$n${this.counters.length}`)
    this.counters.push({ name, operators: [] })
    return name
  }
}
