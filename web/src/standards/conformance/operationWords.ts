//! What the operations do, in Chinese, for who reads the page in it: the capability statement says it in English alone.
//! Of an operation that is not in this table the statement's own words are shown. Pure.

import { HAN } from "../../fhir/concept";
import type { Operation } from "./capability";

const CHINESE: Readonly<Record<string, string>> = {
  audit: "查看与写入记录，最新在前；可按人员、居民、机构、行为、时间和文字筛选。",
  jobs: "持久作业队列（收件、发往各机构）：等待、完成、搁置各多少，最早等待的是哪一项。",
  store: "存储状况：文件、各类资源数量、各机构写入量、近一小时速率、连接与审计链长度；tables=true 时列出各表行数，较慢。",
  "search-parameters": "自定义检索参数：代码、所属类型，是否在建索引、可用、失败、无法求值或正在撤除及原因，表达式是否需求值，已索引多少资源。",
  meta: "标签、安全标签与规范文件：某个资源或版本的，或全部在用的。",
  "meta-add": "添加标签、安全标签或规范文件，产生新版本。",
  "meta-delete": "去掉标签、安全标签或规范文件，产生新版本。",
  closure: "维护客户端所用代码之间的上下级表：只给 name 时新建，给 concept 时加入代码并返回新增关系，给 version 时返回此后的全部关系。",
  terms: "正在使用的代码系统、值集和映射及其版本；type 限定类别，url 为地址的一部分。",
  inbox: "收到的消息，最新在前；可按状态、机构、类型、原因、控制号和时间筛选，并给出各状态数量。",
  "inbox-message": "一条收到的消息：原文，以及生成了哪些资源。",
  "inbox-replay": "重新处理一条搁置或等待的消息；不指定时处理符合条件的全部消息，最早的在前，每次一页。",
  feeds: "各机构接入：收到多少、积压多少、用时多久、是否静默。",
  outbox: "发往其他机构的线路及其消息，最新在前；可按状态筛选。",
  "outbox-message": "一条发出的消息：原文与发送经过。",
  "outbox-retry": "把一条消息或某机构的搁置消息放回原处并立即重发；已被较新消息取代的，须强制才会发送。",
  "outbox-park": "搁置一条等待的消息，让其后的消息先走。",
  "viewdefinition-run": "对健康记录或随请求送来的资源执行 SQL on FHIR 视图，结果为 NDJSON、JSON、CSV 或 Parquet。视图随请求送来（viewResource），或存于 Library（viewReference）。",
  run: "与 $viewdefinition-run 相同。",
  tour: "演示：当前的合成区域与导览所用的居民。",
  "tour-message": "演示：经 HL7 v2 入口发送一份合成检验结果。",
  "tour-crash": "演示：在临时目录启动服务器，写入途中强行终止，再启动并清点。",
  "tour-crash-state": "演示：最近一次 $tour-crash 的进展。",
  simulation: "演示：当日模拟的时钟、速度、已发消息与对方答复。",
  diff: "两个版本之间的差别；不指定时比较最新版与上一版。",
  purge: "彻底清除一个资源及其全部版本；对居民则清除整份记录。不可撤销。",
  validate: "校验一个资源：按其类型、自称的规范文件和所选规范文件；不存储任何内容。",
  "validate-code": "判断代码是否在值集中，显示名是否与代码相符。",
  everything: "这位居民的全部记录及其引用的资源，逐页给出。",
  lookup: "查一个代码：名称、别名、定义、上下级与属性。",
  subsumes: "判断两个代码是否为上下级。",
  translate: "按映射给出另一代码系统的对应代码；reverse 为反向。",
  expand: "值集的全部代码；filter 可用代码、词语、拼音及首字母查找，最符合的在前；超过 10,000 个只能分页取。",
  lastn: "一位居民每种观察的最近 max 次（默认 1 次），最新在前；可用 Observation 的各检索参数筛选。",
  stats: "一位居民某种观察数值的统计，同一单位；不计算 regression。",
  "who-looked": "谁查看过这位居民的记录，最新在前。",
  match: "可能与所述是同一人的居民，最相似的在前。",
  merge: "认定两个机构的居民是同一人；长期记住，可用 $unmerge 撤回。",
  unmerge: "认定某机构的居民不是被合并到的那个人；长期记住。",
  "review-decide": "答复一对待核居民：同一人，或不是同一人。",
};

/** The sentence for a reader of `language`; nothing where nobody has one. */
export function saysOf({ name = "", documentation }: Operation, language: string): string | undefined {
  if (!language.startsWith("zh") || (documentation && HAN.test(documentation))) return documentation;
  return CHINESE[name] ?? documentation;
}
