/** Smallest forms of what random plans have found, kept for ever. */
import { absentField } from './absent-field.js'
import { arrayMethods } from './array-methods.js'
import { loopWithoutItem } from './loop-without-item.js'
import { typeofField } from './typeof-field.js'
import { unreadFields } from './unread-fields.js'

export const regressions = [absentField, arrayMethods, loopWithoutItem, typeofField, unreadFields]
