//! The invariants of R4 in Chinese: what is asked for and what to do, in our own words. The names are those of
//! `definitions/structures.json` (`inv-1#2` is the second rule that R4 calls `inv-1`).

/// The sentence for a rule of R4; `None` for those that are shown in R4's own words.
pub(crate) fn chinese(name: &str) -> Option<&'static str> {
    if name.ends_with("-0") {
        // Of every resource with a `name`: cnl-0 of later releases, vsd-0, csd-0, sdf-0, …
        return Some("name 应可作程序中的标识：以大写字母开头，只含字母、数字和下划线，最多 255 个字符");
    }
    Some(match name {
        // Every element and resource.
        "ext-1" => "扩展必须有值（value[x]）或下级扩展，且只能有其一",
        "dom-2" => "所含资源（contained）之内不能再含资源，请移到外层的 contained",
        "dom-3" => "所含资源必须在本资源中被引用（#id），或引用本资源；不用的请删去",
        "dom-4" => "所含资源不能有 meta.versionId 和 meta.lastUpdated，请删去",
        "dom-5" => "所含资源不能有安全标签（meta.security），请放在外层资源上",
        "dom-6" => "资源最好有叙述文本（text），供人直接阅读",
        "txt-1" => "叙述文本只能用基本的 HTML 元素和属性，不能有脚本和表单",
        "txt-2" => "叙述文本不能只有空白",
        // Data types.
        "age-1" => "年龄有值时必须有时间单位的代码，system 为 UCUM，值大于 0",
        "att-1" => "附件有数据（data）时必须写明类型（contentType）",
        "cnt-3" => "计数必须是整数，单位代码为“1”，system 为 UCUM",
        "cpt-2" => "联系方式有号码（value）时必须写明种类（system：phone、email 等）",
        "dis-1" => "距离有值时必须有长度单位的代码，system 为 UCUM",
        "drt-1" => "时长有值时必须有时间单位的代码，system 为 UCUM",
        "exp-1" => "表达式（expression）与引用（reference）至少要有一个",
        "mqty-1" => "金额有值时必须有币种代码，system 为 urn:iso:std:iso:4217",
        "per-1" => "开始时间不能晚于结束时间，请核对",
        "qty-3" => "单位有代码（code）时必须写明代码系统（system，一般为 UCUM）",
        "rat-1" => "分子与分母必须同时有；都没有时要有扩展说明",
        "ref-1" => "以 # 开头的引用必须指向本资源所含（contained）的资源",
        "rng-2" => "下限（low）不能大于上限（high）",
        "sqty-1" => "此处的数量不能带比较符（comparator）",
        "tim-1" => "有时长（duration）时必须有时长单位（durationUnit）",
        "tim-2" => "有周期（period）时必须有周期单位（periodUnit）",
        "tim-4" => "时长（duration）不能是负数",
        "tim-5" => "周期（period）不能是负数",
        "tim-6" => "有最大周期（periodMax）时必须有周期（period）",
        "tim-7" => "有最大时长（durationMax）时必须有时长（duration）",
        "tim-8" => "有最多次数（countMax）时必须有次数（count）",
        "tim-9" => "有偏移（offset）时必须写明时机（when），且不能是三餐本身（C、CM、CD、CV）",
        "tim-10" => "钟点（timeOfDay）与时机（when）只能有其一",
        "trd-1" => "触发条件中，时间（timing）与数据要求（data）只能有其一",
        "trd-2" => "有数据要求（data）时才能有条件（condition）",
        "trd-3" => "命名事件要有名称，定期事件要有时间，数据事件要有数据要求",
        // Definitions of elements.
        "eld-1" => "切片没有区分依据（discriminator）时必须有文字说明",
        "eld-2" => "min 不能大于 max",
        "eld-3" => "max 只能是数字或 *",
        "eld-4" => "类型中有引用时才能有 aggregation",
        "eld-5" => "有 contentReference 时不能再有类型、默认值、固定值、范围和值集绑定",
        "eld-6" => "只有一种类型时才能有固定值",
        "eld-7" => "只有一种类型时才能有模式（pattern）",
        "eld-8" => "固定值与模式（pattern）只能有其一",
        "eld-11" => "只有代码、字符串和地址类元素才能绑定值集",
        "eld-12" => "值集地址必须以 http://、https:// 或 urn: 开头",
        "eld-13" => "同一类型代码不能出现两次",
        "eld-14" => "同一规则键（key）不能出现两次",
        "eld-15" => "默认值与 meaningWhenMissing 只能有其一",
        "eld-16" => "切片名只能由合法的词组成，用“/”分隔",
        "eld-17" => "类型为 Reference 或 canonical 时才能有 targetProfile",
        "eld-18" => "isModifier 为 true 时必须写明理由（isModifierReason）",
        "eld-19" => "元素路径中不能有特殊字符",
        "eld-20" => "元素名最好只用字母和数字，最多 64 个字符，否则代码生成工具可能出错",
        "eld-21" => "规则最好有表达式，否则校验程序无法执行",
        "eld-22" => "有切片名时才能有 sliceIsConstraining",
        // The record.
        "ait-1" => "除非核实状态为“录入错误”，过敏记录必须有临床状态（clinicalStatus）",
        "ait-2" => "核实状态为“录入错误”的过敏记录不能有临床状态（clinicalStatus）",
        "app-1" => "预约的每个参与方必须有类型（type）或人员（actor）",
        "app-2" => "预约的开始与结束时间必须同时有或同时没有",
        "app-3" => "只有拟定、已取消或等候中的预约可以没有开始与结束时间",
        "app-4" => "只有已取消或爽约的预约才能有取消原因",
        "apr-1" => "预约答复必须有参与类型（participantType）或人员（actor）",
        "con-1" => "诊断分期必须有结论（summary）或评估依据（assessment）",
        "con-2" => "诊断依据必须有代码（code）或详情（detail）",
        "con-3" => "问题清单中的诊断应有临床状态（clinicalStatus），除非核实状态为“录入错误”",
        "con-4" => "已有缓解时间的诊断，临床状态只能是 inactive、resolved 或 remission",
        "con-5" => "核实状态为“录入错误”的诊断不能有临床状态（clinicalStatus）",
        "cpl-3" => "照护计划的活动，引用（reference）与详情（detail）只能有其一",
        "ctm-1" => "照护团队成员是医务人员时才能写明代表的机构（onBehalfOf）",
        "ces-1" => "收益项目必须有类别或收费代码，且只能有其一",
        "fhs-1" => "家族史中，年龄（age[x]）与出生（born[x]）只能有其一",
        "fhs-2" => "有年龄（age[x]）时才能标明是否估计（estimatedAge）",
        "gol-1" => "目标有目标值（detail）时必须写明测量项目（measure）",
        "grp-1" => "实际存在的分组（actual 为 true）才能有成员",
        "imm-1" => "接种宣教材料必须有文件类型（documentType）或引用（reference）",
        "imr-1" => "接种建议必须有疫苗代码（vaccineCode）或目标疾病（targetDisease）",
        "lnk-1" => "Linkage 至少要有两项",
        "lst-1" => "列表为空时才能写明为空原因（emptyReason）",
        "lst-2" => "列表方式为 changes 时才能有删除标志（deleted）",
        "lst-3" => "列表方式为 working 时条目才能有日期",
        "mad-1" => "给药记录的剂量必须有用量（dose）或速度（rate[x]）",
        "mdd-1" => "交付时间（whenHandedOver）不能早于准备时间（whenPrepared）",
        "nor-1" => "膳食医嘱应有口服膳食、营养补充剂或肠内配方之一",
        "obs-3" => "参考范围必须有下限（low）、上限（high）或文字（text）",
        "obs-6" => "已有结果值（value[x]）时不能再写缺失原因（dataAbsentReason），请删去其一",
        "obs-7" => "某一组成部分（component）与检查本身代码相同时，检查本身不能再有结果值",
        "org-1" => "机构至少要有名称（name）或标识（identifier）",
        "org-2" => "机构地址的用途不能是 home",
        "org-3" => "机构联系方式的用途不能是 home",
        "ipn-1" => "保险产品的机构至少要有名称或标识",
        "pat-1" => "患者联系人必须有姓名、电话、地址或机构之一",
        "ppc-1" => "同意书必须有政策（policy）或政策规则（policyRule）",
        "ppc-2" => "隐私类同意书必须写明患者（patient）",
        "ppc-3" => "研究类同意书必须写明患者（patient）",
        "ppc-4" => "预立医疗指示必须写明患者（patient）",
        "ppc-5" => "治疗类同意书必须写明患者（patient）",
        "prr-1" => "有项目代码（code）时才能有申请细节（orderDetail）",
        "ras-1" => "概率的下限与上限的单位必须是 %",
        "ras-2" => "概率不能超过 100",
        "rqg-1" => "每个动作必须引用资源或有下级动作，且只能有其一",
        "inv-1#2" => "最后修改时间不能早于开立时间",
        "inv-1#4" => "有物质暴露风险扩展时不能再写过敏原代码（code）",
        "vs-1" => "生命体征的测量时间至少要精确到日",
        "vs-2" => "生命体征没有组成部分和成员时，必须有结果值或缺失原因",
        "vs-3" => "生命体征的组成部分没有结果值时，必须写明缺失原因",
        // Bundles, documents, parameters, forms.
        "bdl-1" => "只有检索结果和历史才能有总数（total）",
        "bdl-2" => "只有检索结果的条目才能有 search",
        "bdl-3" => "batch、transaction、history 的每个条目必须有 request，其他类型不能有",
        "bdl-4" => "batch-response、transaction-response、history 的每个条目必须有 response，其他类型不能有",
        "bdl-5" => "条目没有 request 或 response 时必须有资源",
        "bdl-7" => "同一 fullUrl 只能出现一次，除非版本（meta.versionId）不同",
        "bdl-8" => "fullUrl 不能带版本（/_history/）",
        "bdl-9" => "文档必须有带号码体系和号码的标识（identifier）",
        "bdl-10" => "文档必须有时间（timestamp）",
        "bdl-11" => "文档的第一个条目必须是 Composition",
        "bdl-12" => "消息的第一个条目必须是 MessageHeader",
        "cmp-1" => "文书的每一节必须有文字（text）、条目（entry）或下级节（section）",
        "cmp-2" => "文书的节为空时才能写明为空原因（emptyReason）",
        "inv-1" => "每个参数必须有值、资源或组成部分（part），且只能有其一",
        "qrs-1" => "下级项不能同时放在项和答案之下",
        "que-1" => "分组（group）必须有下级项，显示项（display）不能有",
        "que-2" => "问卷中每一项的 linkId 不能重复",
        "que-3" => "显示项不能有代码（code）",
        "que-4" => "选项（answerOption）与值集（answerValueSet）只能有其一",
        "que-5" => "只有 choice 和 open-choice 类问题才能有值集（answerValueSet）",
        "que-6" => "显示项不能设必答（required）和可重复（repeats）",
        "que-7" => "运算符为 exists 时，比较值必须是布尔值",
        "que-8" => "分组和显示项不能有初始值",
        "que-9" => "显示项不能设只读（readOnly）",
        "que-10" => "只有文字和数字类问题才能限制最大长度（maxLength）",
        "que-11" => "有选项（answerOption）时不能再有初始值（initial[x]），请用 initialSelected",
        "que-12" => "有多个启用条件时必须写明 enableBehavior（all 或 any）",
        "que-13" => "只有可重复的项才能有多个初始值",
        // Code systems, value sets, maps.
        "cmd-1" => "映射关系为较窄或不精确时必须有说明（comment）",
        "cmd-2" => "unmapped 的方式为 fixed 时必须给出代码",
        "cmd-3" => "unmapped 的方式为 other-map 时必须给出地址（url）",
        "csd-1" => "同一代码系统中代码不能重复",
        "vsd-1" => "值集的每个 include、exclude 必须有值集（valueSet）或代码系统（system）",
        "vsd-2" => "列出概念或有过滤条件（filter）时必须写明代码系统（system）",
        "vsd-3" => "列出概念（concept）与过滤条件（filter）只能有其一",
        "vsd-6" => "展开结果的每一项必须有代码（code）或名称（display）",
        "vsd-9" => "展开结果中不是抽象的项必须有代码（code）",
        "vsd-10" => "展开结果的项有代码时必须有代码系统（system）",
        "nsd-1" => "种类为 root（根）的命名体系，唯一标识不能是 uuid",
        "nsd-2" => "同一种类的唯一标识，首选的只能有一个",
        // Structures.
        "sdf-1" => "元素路径不能重复（对已有类型的约束除外）",
        "sdf-2" => "映射必须有名称（name）或地址（uri）",
        "sdf-3" => "snapshot 的每个元素必须有定义（definition）和次数（min、max）",
        "sdf-4" => "非抽象的结构必须有基础定义（baseDefinition）",
        "sdf-5" => "扩展的定义必须写明可用之处（context）",
        "sdf-6" => "结构必须有 differential 或 snapshot",
        "sdf-8" => "snapshot 的元素路径必须以本结构的类型开头",
        "sdf-8a" => "differential 的元素路径必须以本结构的类型开头",
        "sdf-8b" => "snapshot 的每个元素必须写明来源（base）",
        "sdf-9" => "根元素不能有 label、code 和 requirements",
        "sdf-10" => "绑定必须有值集（valueSet）或文字说明（description）",
        "sdf-11" => "snapshot 第一个元素的路径必须与类型（type）一致",
        "sdf-14" => "每个元素定义必须有 id",
        "sdf-15" => "snapshot 的第一个元素不能有类型（逻辑模型除外）",
        "sdf-15a" => "differential 的根元素不能有类型（逻辑模型除外）",
        "sdf-16" => "snapshot 中元素的 id 不能重复",
        "sdf-17" => "differential 中元素的 id 不能重复",
        "sdf-18" => "只有扩展的定义才能有 contextInvariant",
        "sdf-19" => "FHIR 标准自身的结构只能用 FHIR 定义的类型",
        "sdf-20" => "根元素不能切片",
        "sdf-21" => "只有新类型（specialization）才能有默认值",
        "sdf-22" => "FHIR 标准自身的结构没有默认值",
        "sdf-23" => "根元素不能有切片名",
        "smp-1" => "有 context 时才能有 element",
        "smp-2" => "有 context 时必须有 contextType",
        "opd-1" => "参数必须有类型（type）或组成部分（part）",
        "opd-2" => "类型为 string 的参数才能有检索类型（searchType）",
        "opd-3" => "类型为 Reference 或 canonical 的参数才能有 targetProfile",
        "spd-1" => "有 xpath 时必须有 xpathUsage",
        "spd-2" => "引用类检索参数才能有链式名称（chain）",
        "drq-1" | "drq-2" => "必须有路径（path）或检索参数（searchParam），且只能有其一",
        "cpb-1" => "能力声明必须有 rest、messaging 或 document 之一",
        "cpb-2" => "能力声明必须有 description、software 或 implementation 之一",
        "cpb-3" => "只有针对实例的能力声明才有消息端点（endpoint），且必须有",
        "cpb-7" => "同一规范与方式的文档声明不能重复",
        "cpb-9" => "同一方式下每种资源只能声明一次",
        "cpb-12" => "同一资源下检索参数名不能重复",
        "cpb-14" => "kind 为 instance 时必须有 implementation",
        "cpb-15" => "kind 为 capability 时必须有 software，不能有 implementation",
        "cpb-16" => "kind 为 requirements 时不能有 implementation 和 software",
        "mea-1" => "分层必须是单一条件，或一组组成部分，不能兼有",
        "mrp-1" => "收集数据的报告不能带分组和得分",
        "mrp-2" => "分层必须是单一值，或一组组成部分，不能兼有",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::structure::r4_constraints;

    use super::*;

    /// Where R4 names a thing literally in the expression of a rule — a code, a unit, an element — who follows the Chinese
    /// sentence must meet the same thing: a word of R4's, and what of it the sentence has.
    #[test]
    fn what_r4_names_literally_the_chinese_names_too() {
        const HELD: &[(&str, &str, &str)] = &[
            ("nsd-1", "kind != 'root'", "root"),
            ("ras-1", "code = '%'", "%"),
            ("ras-2", "<= 100", "100"),
            ("org-2", "'home'", "home"),
            ("org-3", "'home'", "home"),
            ("con-4", "inactive", "inactive"),
            ("con-4", "resolved", "resolved"),
            ("con-4", "remission", "remission"),
            ("lst-2", "changes", "changes"),
            ("lst-3", "working", "working"),
            ("grp-1", "actual", "actual"),
            ("cmd-2", "fixed", "fixed"),
            ("cmd-3", "other-map", "other-map"),
            ("bdl-3", "transaction", "transaction"),
            ("bdl-4", "transaction-response", "transaction-response"),
            ("bdl-8", "/_history/", "/_history/"),
            ("bdl-9", "identifier", "identifier"),
            ("bdl-10", "timestamp", "timestamp"),
            ("bdl-11", "Composition", "Composition"),
            ("bdl-12", "MessageHeader", "MessageHeader"),
            ("que-1", "'display'", "display"),
            ("que-5", "open-choice", "open-choice"),
            ("que-7", "exists", "exists"),
            ("que-12", "enableBehavior", "enableBehavior"),
            ("sdf-5", "context", "context"),
            ("sdf-10", "description", "description"),
            ("cpb-14", "instance", "instance"),
            ("cpb-15", "capability", "capability"),
            ("cpb-16", "requirements", "requirements"),
            ("opd-2", "searchType", "searchType"),
            ("imm-1", "documentType", "documentType"),
            ("imr-1", "vaccineCode", "vaccineCode"),
            ("obs-6", "dataAbsentReason", "dataAbsentReason"),
            ("ait-1", "clinicalStatus", "clinicalStatus"),
            ("eld-18", "isModifierReason", "isModifierReason"),
        ];
        let rules: Vec<(&str, &str)> = r4_constraints().map(|(name, one)| (name, one.expression.as_str())).collect();
        for (name, of_r4, of_ours) in HELD {
            let expressions: Vec<&str> = rules.iter().filter(|(own, _)| own == name).map(|(_, text)| *text).collect();
            assert!(expressions.iter().any(|text| text.contains(of_r4)), "{name} of R4: {expressions:?}");
            assert!(chinese(name).is_some_and(|says| says.contains(of_ours)), "{name}: {:?}", chinese(name));
        }
    }

    #[test]
    fn most_rules_of_r4_have_words_in_chinese_and_no_others_do() {
        let names: Vec<&str> = r4_constraints().map(|(name, _)| name).collect();
        let told = names.iter().filter(|name| chinese(name).is_some()).count();
        assert!(told * 10 >= names.len() * 8, "{told} of {}", names.len());
        // Each line of the table is a rule that R4 has.
        let source = include_str!("rules.rs");
        let table = source.split("Some(match name {").nth(1).unwrap().split("_ => return None").next().unwrap();
        let listed: Vec<&str> = table
            .lines()
            .filter_map(|line| line.trim().split_once(" => \""))
            .flat_map(|(names, _)| names.split(" | "))
            .map(|name| name.trim_matches('"'))
            .collect();
        assert!(listed.len() > 100);
        for name in listed {
            assert!(names.contains(&name), "R4 has no rule {name}");
        }
    }
}
