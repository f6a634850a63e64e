//! The words of the pages, in Chinese and in English.

pub(super) use meridian_model::language::Language;

/// What a page needs to know of its language.
pub(super) trait OfPages {
    /// The value of `_format` that stays in this language.
    fn format(self) -> &'static str;
    fn own_name(self) -> &'static str;
    fn other(self) -> Language;
}

impl OfPages for Language {
    fn format(self) -> &'static str {
        match self {
            Language::Chinese => "text/html;lang=zh-CN",
            Language::English => "text/html;lang=en",
        }
    }

    fn own_name(self) -> &'static str {
        match self {
            Language::Chinese => "中文",
            Language::English => "English",
        }
    }

    fn other(self) -> Language {
        match self {
            Language::Chinese => Language::English,
            Language::English => Language::Chinese,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Word {
    House,
    Foot,
    Version,
    Written,
    Narrative,
    NarrativeBroken,
    TooLarge,
    Newest,
    History,
    SearchType,
    Search,
    SearchFor,
    MoreParameters,
    Sort,
    Count,
    Found,
    Shown,
    NothingFound,
    NothingFoundDo,
    Included,
    Deleted,
    First,
    Previous,
    Next,
    Last,
    Resource,
    What,
    Whose,
    When,
    Status,
    NotDone,
    SignIn,
    SignInDo,
    Back,
    Fatal,
    Error,
    Warning,
    Information,
    Types,
    Descriptions,
    WholeSystem,
    Cut,
}

pub(super) fn say(language: Language, word: Word) -> &'static str {
    let (zh, en) = match word {
        Word::House => ("经络 Meridian", "Meridian 经络"),
        Word::Foot => (
            "此页供人阅读；程序请用 JSON。查看已记入访问日志。",
            "A page for people to read; programs ask for JSON. Looks are logged.",
        ),
        Word::Version => ("版本", "Version"),
        Word::Written => ("写入于", "Written"),
        Word::Narrative => ("文字说明", "Narrative"),
        Word::NarrativeBroken => (
            "文字说明不是有效的 XHTML，原文见下方 JSON。",
            "The narrative is not valid XHTML; its text is in the JSON below.",
        ),
        Word::TooLarge => ("内容太大，无法在页面中显示，请以 JSON 获取。", "Too large for a page; ask for it as JSON."),
        Word::Newest => ("当前版本", "Current version"),
        Word::History => ("历史版本", "History"),
        Word::SearchType => ("检索同类", "Search this type"),
        Word::Search => ("检索", "Search"),
        Word::SearchFor => ("检索条件", "Search for"),
        Word::MoreParameters => ("更多条件", "More parameters"),
        Word::Sort => ("排序", "Sort by"),
        Word::Count => ("每页条数", "Entries a page"),
        Word::Found => ("共", "found"),
        Word::Shown => ("本页", "on this page"),
        Word::NothingFound => ("没有找到。", "Nothing was found."),
        Word::NothingFoundDo => ("请减少条件，或检查拼写。", "Ask for less, or check the spelling."),
        Word::Included => ("附带", "included"),
        Word::Deleted => ("已删除", "deleted"),
        Word::First => ("首页", "First page"),
        Word::Previous => ("上一页", "Previous page"),
        Word::Next => ("下一页", "Next page"),
        Word::Last => ("末页", "Last page"),
        Word::Resource => ("资源", "Resource"),
        Word::What => ("内容", "What"),
        Word::Whose => ("属于", "Whose"),
        Word::When => ("时间", "When"),
        Word::Status => ("状态", "Status"),
        Word::NotDone => ("未能完成", "This was not done"),
        Word::SignIn => ("登录", "Sign in"),
        Word::SignInDo => ("请先登录，然后重新载入本页。", "Sign in, then load this page again."),
        Word::Back => ("回到起始页", "To the start page"),
        Word::Fatal => ("✕ 致命", "✕ Fatal"),
        Word::Error => ("✕ 错误", "✕ Error"),
        Word::Warning => ("▲ 警告", "▲ Warning"),
        Word::Information => ("ⓘ 提示", "ⓘ Note"),
        Word::Types => ("资源类型", "Resource types"),
        Word::Descriptions => ("服务自述", "What this service says of itself"),
        Word::WholeSystem => ("整个系统", "The whole system"),
        Word::Cut => ("字符，此处从略", "characters, not shown here"),
    };
    match language {
        Language::Chinese => zh,
        Language::English => en,
    }
}
