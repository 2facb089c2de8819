import Type, { type Static } from 'typebox'
import { Id } from '../../events/ids.js'
import { closed } from '../../events/schemas/common.js'
import { MessageView } from '../views.js'

/** How a question was put to a conversation: to the words of readable ones, to the blind tokens of `e2ee` ones, or not at all. */
export const SearchMode = Type.Union([Type.Literal('words'), Type.Literal('tokens'), Type.Literal('none')])
export type SearchMode = Static<typeof SearchMode>

const Offset = Type.Integer({ minimum: 0, description: 'UTF-16 units of the text' })
/** Pieces [from, to) of the text that the question is about. */
export const Highlight = closed({ from: Offset, to: Offset })
export type Highlight = Static<typeof Highlight>

export const SearchPage = closed({
  hits: Type.Array(closed({ message: MessageView, mode: SearchMode, highlights: Type.Array(Highlight) })),
  /** Of all pages, of what the asker may see; counted up to 10,000. */
  total: Type.Integer({ minimum: 0 }),
  /** With the first page: every conversation that was asked, one by one. */
  modes: Type.Optional(Type.Array(closed({ conversation: Id, mode: SearchMode }))),
  next: Type.Optional(Type.String()),
})
export type SearchPage = Static<typeof SearchPage>
