//! The table of messages. A kind without both sentences does not compile.

use std::fmt;

use meridian_model::language::{Both, Language, Tell, Told};

use super::words::{Article, Human, List, Or, Shape, Shown, Slice, Times};

macro_rules! messages {
    ($($(#[$doc:meta])* $kind:ident $({ $($field:ident: $type:ty),* $(,)? })?: $english:literal, $chinese:literal;)*) => {
        /// One message of a validation.
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum Says {
            $($(#[$doc])* $kind $({ $($field: $type),* })?,)*
        }

        impl Tell for Says {
            fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Says::$kind $({ $($field),* })? => {
                        $($(let $field = Told($field, language);)*)?
                        match language {
                            Language::English => write!(f, $english),
                            Language::Chinese => write!(f, $chinese),
                        }
                    })*
                }
            }
        }

        /// Each kind with its fields and its two sentences.
        #[cfg(test)]
        const ALL: &[(&str, &[&str], &str, &str)] =
            &[$((stringify!($kind), &[$($(stringify!($field)),*)?], $english, $chinese)),*];
    };
}

impl Says {
    /// The sentence in one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        Told(self, language).to_string()
    }
}

/// English, as in logs.
impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(Language::English, f)
    }
}

impl Says {
    /// Whether it says that something is not here which may come: a base, a profile. What R4 has not never comes.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        match self {
            Says::BaseMissing { base } => base.contains(':'),
            Says::SetAbsent { .. } | Says::BaseAbsent { .. } => true,
            Says::BaseBroken { fault: within, .. } | Says::AtPlace { says: within, .. } => within.is_absence(),
            _ => false,
        }
    }
}

impl From<Says> for String {
    fn from(says: Says) -> String {
        says.to_string()
    }
}

impl From<Says> for Both {
    fn from(says: Says) -> Both {
        Both::of(&says)
    }
}

/// Tests write words of their own.
#[cfg(test)]
impl From<String> for Says {
    fn from(says: String) -> Says {
        Says::Other { says: Both::alike(says) }
    }
}

#[cfg(test)]
impl From<&str> for Says {
    fn from(says: &str) -> Says {
        Says::from(says.to_owned())
    }
}

impl From<Both> for Says {
    fn from(says: Both) -> Says {
        Says::Other { says }
    }
}

messages! {
    /// What somebody else says.
    Other { says: Both }: "{says}", "{says}";

    // What was asked.
    OtherThanAddress { kind: String, own: Article }: "the address is for {kind}, the resource is {own}",
        "地址是 {kind} 的，资源却是 {own}";
    OtherThanParameters { own: Article }:
        "the address is for Parameters, the resource is {own}; a Parameters with a parameter `resource` is judged when it is sent as the parameter `resource` of another",
        "地址是 Parameters 的，资源却是 {own}；要校验带有 `resource` 参数的 Parameters，请把它放进另一个 Parameters 的 `resource` 参数";
    OtherId { id: String }: "the resource must have the id of its address, `{id}`", "资源的 id 必须与地址一致：`{id}`";

    // The resource and its elements.
    NotAResource: "this is not a resource: a resource is a JSON object with a `resourceType`",
        "这不是资源：资源是带有 `resourceType` 的 JSON 对象";
    Stopped: "the validation stopped before its end: the resource or its profiles ask for too many steps",
        "校验没有做完：资源或所用规范要检查的内容太多，请减小资源或简化规范后再试";
    TooLong: "the validation stopped before its end: it took longer than it may",
        "校验没有做完：用时超过了限制，请减小资源或简化规范后再试";
    UnknownResourceType { kind: String }: "{kind} is not a resource type of FHIR R4",
        "FHIR R4 没有资源类型 {kind}，请核对 `resourceType` 的拼写";
    NestedTooDeeply: "the resource is nested too deeply to be validated", "资源嵌套太深，无法校验，请减少层次";
    ObjectExpected { kind: String, found: Shape }: "an object is expected here ({kind}), this is {found}",
        "此处应是一个对象（{kind}），现在是{found}";
    EmptyElement: "an element may not be empty; leave it out (ele-1)", "元素不能为空，没有内容时请删去（ele-1）";
    OnlyAnId: "an element needs more than an id (ele-1)", "元素只有 id 而没有内容，请补上内容或删去（ele-1）";
    UnknownType { kind: String }: "{kind} is not a type of FHIR R4", "FHIR R4 没有数据类型 {kind}";
    TypeUnchecked { kind: String, fault: Box<Says> }: "{kind} can't be checked: {fault}", "{kind} 无法校验：{fault}";
    DoubleId { id: String }: "another element of this resource has the id `{id}`",
        "本资源中另一个元素已用了 id `{id}`，请换一个";
    ResourceExpected: "a resource is expected here: an object with a `resourceType`",
        "此处应是一个资源，即带有 `resourceType` 的对象";
    OtherResource { wanted: Article, found: Article, by: String }:
        "{wanted} is asked for here, this is {found} (by {by})", "此处要求 {wanted}，现在是 {found}（依据 {by}）";
    OnlyOneOf { first: String, second: String }: "only one of `{first}` and `{second}` may be here",
        "`{first}` 与 `{second}` 只能有一个，请删去一个";
    NotAnElementNear { key: String, of: String, near: String }:
        "`{key}` is not an element of {of}; is `{near}` meant?", "{of} 没有元素 `{key}`，是否应为 `{near}`？";
    NotAnElement { key: String, of: String }:
        "`{key}` is not an element of {of}; use an extension for what R4 has no place for",
        "{of} 没有元素 `{key}`，请核对名称；R4 没有位置的内容请用扩展（extension）";
    NoComments: "`fhir_comments` is of older releases; R4 has no comments", "`fhir_comments` 属于旧版本，R4 没有注释，请删去";
    ResourceTypeMisplaced: "`resourceType` belongs to resources only", "只有资源才有 `resourceType`，请从此处删去";
    OtherChoice { name: String, by: String, types: List }: "`{name}` has not a type that {by} allows here: {types}",
        "`{name}` 的类型不对：{by} 在此处只允许 {types}";
    NullAlone { key: String }: "`{key}` holds a null that nothing stands beside",
        "`{key}` 中有一个 null，旁边又没有扩展说明，请删去";
    IsNull { key: String }: "`{key}` is null; leave it out", "`{key}` 为 null，没有内容时请删去";
    EmptyArray { key: String }: "`{key}` is an empty array; leave it out", "`{key}` 是空数组，没有内容时请删去";
    NoArray { key: String }: "`{key}` can be there only once, this is an array", "`{key}` 只能有一个值，不能写成数组";
    ArrayExpected { key: String, found: Shape }: "`{key}` is an array always, this is {found}",
        "`{key}` 必须写成数组，现在是{found}";
    NoSibling { key: String }: "`_{key}` is not allowed: only primitives have such a part",
        "不能有 `_{key}`：只有简单类型才有这一部分";
    SiblingLonger { key: String }: "`_{key}` is longer than `{key}`; fill `{key}` with null",
        "`_{key}` 比 `{key}` 长，请在 `{key}` 中用 null 补齐";
    Missing { name: String, slice: Slice, least: Times, by: String }:
        "`{name}`{slice} is missing; required at least {least} by {by}", "缺少 `{name}`{slice}，请补上：{by} 要求至少 {least}";
    TooFew { name: String, slice: Slice, count: Times, least: Times, by: String }:
        "`{name}`{slice} is here {count}, {least} asked for by {by}",
        "`{name}`{slice} 只有 {count}，{by} 要求至少 {least}";
    NotAllowed { name: String, slice: Slice, by: String }: "`{name}`{slice} may not be here by {by}; take it out",
        "{by} 不允许有 `{name}`{slice}，请删去";
    TooMany { name: String, slice: Slice, count: Times, most: Times, by: String }:
        "`{name}`{slice} is here {count}, at most {most} by {by}",
        "`{name}`{slice} 有 {count}，{by} 最多允许 {most}";

    // Values.
    WrongValue { says: Both, value: Shown }: "{says}: {value}", "{says}：{value}";
    SiblingShape { found: Shape }: "beside a primitive stands an object with its id and extensions, this is {found}",
        "简单值旁边（`_` 开头的键）应是带 id 和扩展的对象，现在是{found}";
    NoValue: "a primitive without a value needs an extension that says why (ele-1)",
        "没有值的元素应有扩展说明原因，否则请删去（ele-1）";
    TextTooLong: "a text has at most 1 MB", "文字不能超过 1 MB";
    UuidCapitals: "a uuid is written in small letters", "uuid 应用小写字母";
    OidZero: "no number of an oid begins with 0", "oid 的各段数字不能以 0 开头";
    ControlCharacter { code: String }: "the text has the control character U+{code}", "文字中有控制字符 U+{code}，请删去";
    OnlyBlanks: "a text has more than blanks; leave the element out", "文字只有空白，没有内容时请删去";
    CanonicalRelative: "a canonical is an absolute address, or `#id` of a contained resource",
        "canonical 应是完整地址，或所含资源的 `#id`";
    ExampleAddress { address: String }: "`{address}` is an address for examples", "`{address}` 是示例用的地址，请换成真实地址";
    TagsInText: "the text has tags of HTML", "文字中有 HTML 标签，请删去";
    OuterBlanks: "the text begins or ends with blanks", "文字首尾有空白，请删去";
    EmptyAddress: "an address may not be empty", "地址不能为空";
    NotAUuid: "behind `urn:uuid:` stands a uuid", "`urn:uuid:` 之后应是 uuid";
    NotAnOid: "behind `urn:oid:` stands an oid: numbers with dots between", "`urn:oid:` 之后应是 oid，即以点分隔的数字";
    AttachmentSize { said: u64, actual: usize }: "`size` says {said} bytes, the data has {actual}",
        "`size` 写的是 {said} 字节，数据实际有 {actual} 字节";
    MustBe { wanted: Shown, found: Shown }: "this must be {wanted}, it is {found}", "此处必须是 {wanted}，现在是 {found}";
    MustHave { wanted: Shown, found: Shown }: "this must have at least {wanted}, it is {found}",
        "此处至少要有 {wanted}，现在是 {found}";
    ValueNeeded: "a value has to be here itself, an extension instead of it is not enough", "此处必须有值，不能只用扩展代替";
    MustMatch { pattern: String }: "the text has to match {pattern}", "文字必须符合格式 {pattern}";
    TooManyCharacters { most: u64 }: "the text has more than {most} characters", "文字超过了 {most} 个字符";
    AtLeast { bound: Shown, found: Shown }: "this must be at least {bound}, it is {found}",
        "此处不能小于 {bound}，现在是 {found}";
    AtMost { bound: Shown, found: Shown }: "this must be at most {bound}, it is {found}",
        "此处不能大于 {bound}，现在是 {found}";
    NoUnit { code: String, why: Both }: "`{code}` is no unit of UCUM{why}; put what people read into `unit`",
        "`{code}` 不是 UCUM 单位{why}；`code` 应写 UCUM 代码，给人看的写法放在 `unit`";
    Narrative { says: Both }: "`div`: {says}", "叙述文本 `div` 有误：{says}";

    // Invariants.
    Broken { key: String, human: Human }: "{key}: {human}", "{key}：{human}";
    NotEvaluated { key: String, human: Human, says: Box<Both> }: "{key}: {human} — can't be evaluated: {says}",
        "{key}：{human}——这条规则无法计算：{says}";

    // Codes.
    NotInSet { code: String, set: String }: "the code `{code}` is not in the value set {set}",
        "代码 `{code}` 不在值集 {set} 中";
    NotInSetOf { code: String, system: String, set: String }:
        "the code `{code}` of {system} is not in the value set {set}", "代码 `{code}`（属于 {system}）不在值集 {set} 中";
    NotInSystem { code: String, system: String }: "the code `{code}` of {system} is not in the code system {system}",
        "代码系统 {system} 中没有代码 `{code}`，请核对代码，或换用正确的 `system`";
    SetMissing { set: String }: "the value set {set} is not here", "本机没有值集 {set}";
    SystemMissing { system: String }: "the code system {system} is not here", "本机没有代码系统 {system}";
    VersionMissing { system: String, version: String, there: List }:
        "the version {version} of the code system {system} is not here; these are: {there}",
        "本机没有代码系统 {system} 的 {version} 版，现有版本：{there}";
    PartOfSystem { system: String }: "only a part of the code system {system} is here; `meridian terms import` brings the whole",
        "本机只有代码系统 {system} 的一部分，可用 `meridian terms import` 导入全部";
    PartOfSet { set: Both }: "only a part of {set} is here", "本机只有 {set} 的一部分";
    NoProperty { system: String, property: String }: "{system} has no property `{property}` here",
        "{system} 在本机没有属性 `{property}`";
    NoSystemNamed: "no code system is named", "没有写明代码系统";
    Required { says: Box<Says>, set: String }: "{says}. A code of {set} is required here",
        "{says}。此处必须用 {set} 中的代码";
    Extensible { says: Box<Says>, set: String }: "{says}. Use a code of {set} if one of them fits",
        "{says}。{set} 中有合适的代码时应使用它";
    Preferred { says: Box<Says>, set: String }: "{says}. A code of {set} is preferred here",
        "{says}。此处建议用 {set} 中的代码";
    CodeRequired { set: String }: "there is no code; a code of {set} is required here",
        "没有代码，此处必须有 {set} 中的代码";
    CodeWanted { set: String }: "there is no code; use one of {set} if one of them fits",
        "没有代码；{set} 中有合适的代码时应使用它";
    CodeUnchecked { says: Box<Says> }: "the code is not checked: {says}", "代码没有核对：{says}";
    CodesUnchecked { count: usize, says: Box<Says> }: "{count} codes at places like this are not checked: {says}",
        "这一类位置有 {count} 个代码没有核对：{says}";
    NoSystem: "a code without a system means nothing to others; give the system",
        "代码没有写明代码系统，别人无法理解，请填写 `system`";
    SystemRelative { system: String }: "`{system}` is no absolute address; `system` names a code system by one",
        "`{system}` 不是完整地址，`system` 应写代码系统的完整地址";
    SystemIsSet { system: String }: "`{system}` is a value set; `system` names the code system that the code is of",
        "`{system}` 是值集，`system` 应写代码所属的代码系统";
    SystemIsSupplement { system: String }: "{system} adds to another code system, and is none; name that one",
        "{system} 只是对另一代码系统的补充，`system` 应写那个代码系统";
    OtherDisplay { display: String }: "the display of this code is `{display}`", "这个代码的名称应为 `{display}`";
    NoSnomedCode { code: String }: "`{code}` is no code of SNOMED CT: those have 6 to 18 digits",
        "`{code}` 不是 SNOMED CT 代码：其代码为 6 至 18 位数字";
    IdentifierSystem { system: String }:
        "`{system}` is no absolute address; `system` names who gave the identifier by one",
        "`{system}` 不是完整地址，`system` 应写发号方的完整地址";

    // Profiles.
    ForAnother { address: String, wanted: String, found: Article }: "{address} is for {wanted}, this is {found}",
        "{address} 用于 {wanted}，这是 {found}";
    ProfileNotFound { address: String }:
        "the profile {address} is not known here; post its StructureDefinition or load its package",
        "本机没有规范 {address}，请先上传它的 StructureDefinition 或装入它的软件包";
    ProfileUnchecked { address: String }: "the profile {address} is not known here, so that it is not checked",
        "本机没有规范 {address}，因此没有按它校验";
    ProfileBroken { address: String, fault: Box<Says> }: "the profile {address} can't be used: {fault}",
        "规范 {address} 不能使用：{fault}";
    ProfileNotYet { address: String, fault: Box<Says> }:
        "the profile {address} is not in force yet, so that it is not checked: {fault}",
        "规范 {address} 尚未生效，因此没有按它校验：{fault}";
    ProfileNeeded { address: String }: "the profile {address} is asked for here, and not known; load its package too",
        "此处要求规范 {address}，而本机没有，请装入它的软件包";
    NoProfileKept { names: List }: "this keeps none of the profiles that are allowed here: {names}",
        "不符合此处允许的任何一个规范：{names}";
    ProfilesTooDeep { address: String }:
        "{address} is not checked here: too many profiles ask for one another of this value",
        "没有按 {address} 校验：对此处的值，规范之间层层引用太多";

    // Slices.
    InNoSlice { value: String, by: String, names: List }:
        "{value} belongs to none of the slices that {by} allows here: {names}",
        "{value} 不属于 {by} 在此处允许的任何切片：{names}";
    InSeveralSlices { value: String, names: List }: "{value} belongs to several slices: {names}",
        "{value} 同时属于几个切片：{names}，请修改使其只属于一个";
    BehindOthers { value: String }: "{value} stands behind one of no slice; those come last",
        "{value} 应排在不属于任何切片的值之前";
    OutOfOrder { value: String, slice: String, names: List }:
        "{value} (slice `{slice}`) is out of order: the slices come as {names}",
        "{value}（切片 `{slice}`）顺序不对，应依次为 {names}";
    SliceUntold { slice: String }: "the slice `{slice}` gives no value by which it could be told from others",
        "切片 `{slice}` 没有给出可与其他切片区分的值";
    PathUnfollowed { path: String }: "the path `{path}` of a slicing can't be followed; its slices are not checked",
        "切片的区分路径 `{path}` 无法解析，没有校验这些切片";

    // Extensions.
    ExtensionRelative { url: String }: "the url of an extension is an absolute address, `{url}` is none",
        "扩展的 url 应是完整地址，`{url}` 不是";
    NoExtension { url: String }: "{url} is not the definition of an extension", "{url} 不是扩展的定义";
    UnknownModifier { url: String }:
        "the extension {url} is not known here, and it changes the meaning of what it stands in; post its StructureDefinition or load its package",
        "本机不认识扩展 {url}，而它会改变所在内容的含义，请先上传它的 StructureDefinition 或装入它的软件包";
    UnknownExtension { url: String }: "the extension {url} is not known here, so that it is not checked",
        "本机不认识扩展 {url}，因此没有校验它";
    ExtensionBroken { url: String, fault: Box<Says> }: "the extension {url} can't be checked: {fault}",
        "扩展 {url} 无法校验：{fault}";
    IsModifier { url: String }: "{url} changes the meaning: it belongs into `modifierExtension`",
        "{url} 会改变含义，应放在 `modifierExtension`";
    IsNoModifier { url: String }: "{url} does not change the meaning: it belongs into `extension`",
        "{url} 不改变含义，应放在 `extension`";
    NoPart { url: String, part: String }: "{url} has no part `{part}`", "扩展 {url} 没有组成部分 `{part}`";
    MayNotStand { url: String, allowed: List }: "{url} may not stand here; it may at {allowed}",
        "扩展 {url} 不能放在此处，只能放在 {allowed}";
    OnlyWhere { url: String, expression: String }: "{url} may stand only where this is true: {expression}",
        "扩展 {url} 只能放在满足此条件之处：{expression}";

    // References.
    NotAReference { text: Shown, why: Box<Says> }: "{text} is not a reference: {why}", "{text} 不是引用：{why}";
    UnusualReference { text: String, why: Box<Says> }: "`{text}` is an unusual reference: {why}",
        "`{text}` 这样的引用不常见：{why}";
    ReferenceBlank: "it has blanks or is empty", "其中有空白，或者为空";
    ReferenceScheme: "it begins like an address, and is none", "开头像地址，却不是地址";
    ReferenceType: "a relative reference is `Type/id`, with a resource type of R4",
        "相对引用应写成 `类型/id`，类型为 R4 的资源类型";
    ReferenceContained: "behind `#` stands the id of a contained resource", "`#` 之后应是所含资源的 id";
    ReferenceForm: "it is written as `Type/id`, as an address, as `urn:uuid:…` or as `#id`",
        "应写成 `类型/id`、完整地址、`urn:uuid:…` 或 `#id`";
    NotContained { text: String }: "`{text}` points to a contained resource, and none has this id",
        "`{text}` 指向所含资源，但 `contained` 中没有这个 id";
    NotHere { text: String }: "what `{text}` leads to is not here", "`{text}` 所指的资源不在这里";
    LeadsTo { text: String, found: Article }: "`{text}` leads to {found}, which is not the type that it says",
        "`{text}` 所指的是 {found}，与所写类型不符";
    OtherType { said: String, actual: Article }: "`type` says {said}, the reference leads to {actual}",
        "`type` 写的是 {said}，引用所指的却是 {actual}";
    WrongTarget { types: List, actual: Article }: "this may lead to {types}, not to {actual}",
        "此处只能引用 {types}，不能引用 {actual}";
    TargetBroken { text: String, names: Or }: "what `{text}` leads to does not keep {names}",
        "`{text}` 所指的资源不符合 {names}";
    WrongAggregation: "the target is not where this reference may lead: contained, in the same Bundle or outside",
        "引用的对象不在允许的位置（本资源之内、同一 Bundle 之内或之外）";
    ChainEnds: "what lies further along this chain of references is not followed", "引用链过长，更远的没有继续校验";

    // Bundles.
    OutcomeMode: "what is sent with the mode `outcome` is an OperationOutcome",
        "检索方式（mode）为 `outcome` 的条目应是 OperationOutcome";
    FoundWithoutId: "what a search finds has an id", "检索结果中的资源应有 id";
    FullUrlNeeded { kind: String }: "each entry of a {kind} needs a fullUrl", "{kind} 类型的 Bundle，每个条目都要有 fullUrl";
    FullUrlRelative { url: String }:
        "a fullUrl is an absolute address, `{url}` is none; use `urn:uuid:…` where there is no server",
        "fullUrl 应是完整地址，`{url}` 不是；没有服务器时可用 `urn:uuid:…`";
    FullUrlVersion: "a fullUrl names no version; that is what meta.versionId is for",
        "fullUrl 不写版本，版本写在 meta.versionId";
    FullUrlWithoutId { said: String }: "the fullUrl says that this is `{said}`, and the resource has no id",
        "fullUrl 表明这是 `{said}`，资源却没有 id";
    FullUrlOther { said: String, own: String }: "the fullUrl ends in `{said}`, the resource is {own}: they have to agree",
        "fullUrl 以 `{said}` 结尾，资源却是 {own}，两者必须一致";
    OtherMatch { wanted: String, found: String }:
        "a search of {wanted} matches no {found}; what is sent along has the mode `include`",
        "检索 {wanted} 不会匹配 {found}；附带的资源，方式应为 `include`";
    NoComposition: "a document has a Composition as its first entry", "文档的第一个条目应是 Composition";
    DocumentBegins { own: Article }: "a document begins with a Composition, not with {own}",
        "文档应以 Composition 开头，现在是 {own}";
    NoHeader: "a message has a MessageHeader as its first entry", "消息的第一个条目应是 MessageHeader";
    MessageBegins { own: Article }: "a message begins with a MessageHeader, not with {own}",
        "消息应以 MessageHeader 开头，现在是 {own}";
    NotInBundle { name: String, text: String }:
        "`{name}` points to `{text}`, which is not in the Bundle; add it as an entry, and let its fullUrl agree",
        "`{name}` 引用了 `{text}`，但 Bundle 中没有；请加入这个条目，并使 fullUrl 一致";
    NotReached: "nothing leads from the Composition of the document to this entry, nor from it there",
        "从文档的 Composition 出发到不了这个条目，它也没有引用文档中的内容";

    // Code systems, value sets, maps.
    SupplementContent: "a code system that supplements another has the content `supplement`",
        "补充另一代码系统时，`content` 应为 `supplement`";
    ConceptCount { count: u64, actual: u64 }:
        "the code system is complete, says to have {count} concepts, and has {actual}",
        "代码系统标明完整、有 {count} 个概念，实际有 {actual} 个";
    PropertyType { name: String, said: String, found: String }:
        "the property `{name}` is a {said} by its definition, this is a {found}",
        "属性 `{name}` 定义的类型是 {said}，这里是 {found}";
    TrueOrFalse { property: String, value: String }: "`{property}` is true or false, not `{value}`",
        "`{property}` 只能是 true 或 false，不能是 `{value}`";
    NotEcl { says: Both }: "this is no expression of ECL: {says}", "这不是 ECL 表达式：{says}";

    // Search parameters and statements.
    NotFhirPath { says: Both }: "the expression is not one of FHIRPath: {says}", "表达式不是合法的 FHIRPath：{says}";
    OneComponent: "a composite parameter has two components or more", "组合检索参数应有两个或更多组成部分";
    ParameterMissing { address: String }: "{address} is not here, so that it is not compared",
        "本机没有 {address}，因此没有与它比较";
    OtherBase { address: String, base: String }: "{address} is not for {base}; what is derived from it can't be",
        "{address} 不适用于 {base}，由它派生的也不能";
    OtherParameterType { kind: String, address: String, found: String }:
        "the type is {kind}, that of {address} is {found}", "类型写的是 {kind}，而 {address} 的类型是 {found}";
    SpeaksOf { name: String, bases: List }: "the expression speaks of {name}, and the parameter is for {bases}",
        "表达式说的是 {name}，而检索参数用于 {bases}";

    // Structures.
    BaseIsItself: "a structure can't be made from itself: the base is its own address",
        "结构不能以自己为基础：baseDefinition 与 url 相同";
    BaseNeeded: "a structure without a snapshot needs a baseDefinition", "没有 snapshot 的结构必须写明 baseDefinition";
    BaseMissing { base: String }: "{base} is not here; load it too, or give a snapshot",
        "本机没有 {base}，请先装入它，或给出 snapshot";
    BaseBroken { base: String, fault: Box<Says> }: "{base} can't be used: {fault}", "{base} 不能使用：{fault}";
    NoSnapshot { fault: Box<Says> }: "no snapshot can be made: {fault}", "无法生成 snapshot：{fault}";
    AtPlace { place: String, says: Box<Says> }: "{place}: {says}", "{place}：{says}";
    CannotBeInForce { says: Box<Says> }: "it cannot be in force: {says}", "不能生效：{says}";
    NotYetInForce { says: Box<Says> }: "it is stored, and is not yet in force: {says}", "已保存，但尚未生效：{says}";
    NoBaseElement { name: String }: "the base has no element `{name}` here; a profile can't add one",
        "基础定义在此处没有元素 `{name}`，规范不能增加元素，请核对路径";
    RestsOnItself: "the definition rests on itself", "定义以自己为基础，形成了循环";
    Nothing { least: u32, most: u32 }: "at least {least} and at most {most} is nothing",
        "至少 {least} 又至多 {most}，不可能满足";
    ConstraintUnread { key: String, says: Both }: "the expression of the constraint `{key}` is not one of FHIRPath: {says}",
        "规则 `{key}` 的表达式不是合法的 FHIRPath：{says}";
    ConstraintAstray { key: String, says: Both }:
        "the expression of the constraint `{key}` names what is not there, so that it would never hold or never be asked: {says}",
        "规则 `{key}` 的表达式用到了不存在的内容，会永远不成立或永远不起作用：{says}";
    WidensMin { own: u32, least: u32 }:
        "min is {own}, that of the base is {least}: a profile may only ask for more; leave min out or raise it",
        "min 为 {own}，基础定义为 {least}：规范只能收紧，不能放宽，请去掉 min 或写得不小于 {least}";
    WidensMax { own: String, most: String }:
        "max is {own}, that of the base is {most}: a profile may only allow less; leave max out or lower it",
        "max 为 {own}，基础定义为 {most}：规范只能收紧，不能放宽，请去掉 max 或写得不大于 {most}";
    WidensType { kind: String, allowed: Or }:
        "the base does not allow the type {kind} here; choose among {allowed}, or leave the type out",
        "基础定义在此处不允许 {kind} 类型，请用 {allowed}，或去掉 type";
    WidensTarget { kind: String, allowed: Or }:
        "the base does not let this refer to {kind}; choose among {allowed}",
        "基础定义不允许此处引用 {kind}，只能引用 {allowed}";
    WidensBinding { own: String, base: String }:
        "the binding is {own}, that of the base is {base}: a profile may not loosen it; write {base} or what is stricter",
        "值集绑定强度为 {own}，基础定义为 {base}：规范不能放宽，请写 {base} 或更严的强度";
    OtherPin { key: String, types: Or, wanted: Or }: "`{key}` is not of the type of the element, {types}; write {wanted}",
        "`{key}` 与元素的类型 {types} 不符，请写成 {wanted}";
    SetAbsent { set: String, strength: String }:
        "the value set {set} of this {strength} binding is not here: codes are not checked against it; post it too, or load its package",
        "本机没有这个值集 {set}（绑定强度 {strength}），因此不按它校验代码；请一并提交或装入";
    BaseAbsent { base: String }:
        "the base {base} is not here: its rules are not checked, only those of the snapshot; post it too, or load its package",
        "本机没有基础定义 {base}，只按 snapshot 校验，不按它的规则校验；请一并提交或装入";
    RestsTooDeep { most: usize }: "more than {most} definitions rest one on the other",
        "定义层层以别的定义为基础，超过了 {most} 层";
    LosesItsBase { address: String, says: Box<Says> }:
        "{address}, which rests on this, is no longer in force by it: {says}",
        "以它为基础的 {address} 因此不再生效：{says}";
    DiscriminatorUnread { path: String }:
        "`{path}` is no path of a discriminator: names, `$this`, `resolve()`, `extension('…')` and `ofType(…)` with dots between",
        "`{path}` 不能作区分路径：只能是元素名、`$this`、`resolve()`、`extension('…')`、`ofType(…)`，以点分隔";
    DiscriminatorAstray { path: String }: "the path `{path}` of a discriminator leads to no element here",
        "区分路径 `{path}` 在此处找不到元素";
    NoR4Type { name: String }: "{name} is not a type of FHIR R4; the type of a logical model is an absolute address",
        "{name} 不是 FHIR R4 的类型；逻辑模型的类型应是完整地址";

    // Questionnaires and their answers.
    EnabledByItself: "a question can't be enabled by its own answer", "问题不能由它自己的答案启用";
    EnabledFromWithin { question: String }: "`{question}` lies within this item, and can't enable it",
        "`{question}` 在本项之内，不能用来启用本项";
    EnabledByNothing { question: String }: "there is no question `{question}` that could enable this",
        "没有可用来启用本项的问题 `{question}`";
    NoQuestionnaire: "no questionnaire is named, so that the answers are not checked", "没有写明问卷，因此没有校验答案";
    QuestionnaireMissing { address: String }:
        "the questionnaire {address} is not here, so that the answers are not checked",
        "本机没有问卷 {address}，因此没有校验答案";
    ItemsTooDeep: "the items are nested too deeply to be checked", "条目嵌套太深，无法校验";
    ItemOutOfOrder { link: String }: "`{link}` is out of the order of the questionnaire", "`{link}` 与问卷的顺序不符";
    ItemElsewhere { link: String }: "`{link}` belongs to another place of the questionnaire", "`{link}` 在问卷中属于另一处";
    NoItem { link: String }: "the questionnaire has no `{link}`", "问卷中没有 `{link}`";
    NotEnabled { link: String }: "`{link}` is answered, although it is not enabled by the other answers",
        "按其他答案，`{link}` 不需要回答，却有答案";
    NoAnswer { link: String }: "the required question `{link}` has no answer", "必答问题 `{link}` 没有答案";
    SeveralItems { link: String, count: usize }:
        "`{link}` is here {count} times; answers to one question stand in one item",
        "`{link}` 出现了 {count} 次，同一问题的答案应放在同一项中";
    IsGroup { link: String }: "`{link}` is a group; it has items, not answers", "`{link}` 是分组，只有下级项，没有答案";
    IsDisplay { link: String }: "`{link}` is only displayed; it has no answer", "`{link}` 只供显示，没有答案";
    ItemsInAnswer { link: String }: "`{link}` is a question; items within it stand in its `answer`",
        "`{link}` 是问题，下级项应放在它的 `answer` 中";
    EnableUnknown { link: String, says: Both }: "whether `{link}` is enabled can't be evaluated: {says}",
        "无法判断 `{link}` 是否启用：{says}";
    OneAnswer { link: String, count: usize }: "`{link}` allows one answer, here are {count}",
        "`{link}` 只能有一个答案，现有 {count} 个";
    FewAnswers { link: String, least: usize, count: usize }:
        "`{link}` asks for at least {least} answers, here are {count}", "`{link}` 至少要 {least} 个答案，现有 {count} 个";
    ManyAnswers { link: String, most: usize, count: usize }: "`{link}` allows at most {most} answers, here are {count}",
        "`{link}` 最多 {most} 个答案，现有 {count} 个";
    AnswerType { question: String, allowed: Or, found: String }:
        "the answer to a {question} is a {allowed}, this is a {found}",
        "{question} 类问题的答案应是 {allowed}，现在是 {found}";
    NoOption { value: Shown }: "{value} is none of the options of the question", "{value} 不是这个问题的选项";
    Exclusive { value: Shown }: "{value} excludes all other answers", "选了 {value} 就不能再有其他答案";
    NotInQuestionSet { value: Shown }: "{value} is not of the value set of the question", "{value} 不在这个问题的值集中";
    AnswerAtLeast { bound: Shown, found: Shown }: "the answer is at least {bound}, this is {found}",
        "答案不能小于 {bound}，现在是 {found}";
    AnswerAtMost { bound: Shown, found: Shown }: "the answer is at most {bound}, this is {found}",
        "答案不能大于 {bound}，现在是 {found}";
    NotComparable { value: Shown, bound: Shown }: "{value} can't be compared with the bound {bound}",
        "{value} 无法与界限 {bound} 比较";
    DecimalPlaces { most: u64 }: "the answer has at most {most} decimal places", "答案最多 {most} 位小数";
    AnswerTooLong { most: u64, count: u64 }: "the answer has at most {most} characters, this has {count}",
        "答案最多 {most} 个字符，现有 {count} 个";
    AnswerTooShort { least: u64, count: u64 }: "the answer has at least {least} characters, this has {count}",
        "答案至少 {least} 个字符，现有 {count} 个";
    AnswerMatch { pattern: String }: "the answer has to match {pattern}", "答案必须符合格式 {pattern}";
    AttachmentTooLarge { most: String }: "the attachment has at most {most} MB", "附件最多 {most} MB";
    AttachmentType { types: Or, own: String }: "the attachment is {types}, this is `{own}`",
        "附件应是 {types}，现在是 `{own}`";
    QuantityNumber: "a quantity has a number", "数量应有数值";
    AnswerTarget { allowed: Or, found: Article }: "the answer refers to a {allowed}, not to {found}",
        "答案应引用 {allowed}，不能引用 {found}";

    // Reports of measures.
    SubjectsNamed: "only a report of the type `subject-list` names its subjects", "只有 `subject-list` 类型的报告才列出对象";
    SubjectCount { count: u64, entries: usize }: "{count} are counted, and {entries} subjects are listed",
        "计数为 {count}，列出的对象却有 {entries} 个";
    MeasureMissing { address: String }: "the measure {address} is not here; the report is not compared",
        "本机没有指标 {address}，因此没有与它比较";
    NoGroup: "a group has the code of a group of the measure", "分组的代码应是指标中某一分组的代码";
    DoubleGroup: "the report has this group of the measure twice", "指标的这一分组在报告中出现了两次";
    GroupMissing { name: Both }: "the group {name} of the measure is missing", "缺少指标的分组 {name}";
    NoPopulation: "a population has the code of one of the group of the measure", "人群的代码应是指标该分组中某一人群的代码";
    DoublePopulation: "the report has this population twice", "这一人群在报告中出现了两次";
    PopulationMissing { name: Both }: "the population {name} of the measure is missing", "缺少指标的人群 {name}";
    NoScoreOfData: "a report that collects data has no score", "收集数据的报告没有得分";
    NoScoreOfCohort: "a measure of a cohort has no score", "队列类指标没有得分";
    Proportion { value: String }: "a proportion lies between 0 and 1, this is {value}", "比例应在 0 与 1 之间，现在是 {value}";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_tells_the_same_in_both_languages() {
        for (kind, fields, english, chinese) in ALL {
            for field in *fields {
                let place = format!("{{{field}}}");
                assert!(
                    english.contains(&place) && chinese.contains(&place),
                    "{kind} tells {field} in one language only"
                );
            }
            let is_chinese = chinese.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
            assert!(is_chinese || *kind == "Other" || chinese.starts_with('{'), "{kind} has no Chinese: {chinese}");
        }
    }

    #[test]
    fn a_message_within_a_message_is_of_its_language() {
        let within = Says::NotInSet { code: "男".to_owned(), set: "http://x/v".to_owned() };
        let says = Says::Required { says: Box::new(within), set: "http://x/v".to_owned() };
        assert_eq!(
            says.to_string(),
            "the code `男` is not in the value set http://x/v. A code of http://x/v is required here"
        );
        assert_eq!(
            says.in_language(Language::Chinese),
            "代码 `男` 不在值集 http://x/v 中。此处必须用 http://x/v 中的代码"
        );
    }
}
