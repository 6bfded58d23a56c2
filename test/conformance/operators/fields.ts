/** Fields of operators, as the format types them. */
import type { CaseExpression, CaseOperator } from '../case-format.js'

export const inputOf = (operator: CaseOperator): string => operator['in'] as string
export const functionOf = (operator: CaseOperator, field = 'fn'): CaseExpression => operator[field] as CaseExpression
