//! Finds which files of a crate import from which others, by `use` declarations and by paths in the code.
//!
//! Other crates and `#[cfg(test)]` items are left out. A `mod name;` declaration is not an import.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::Delimiter;

use crate::tokens::{Token, tokens};

/// The imports of each file: the other files, each with the first path that leads there.
pub type Imports = BTreeMap<String, BTreeMap<String, String>>;

/// Reads the crate with the root file `root`. `read` returns the text of a file, or `None` if it does not exist.
///
/// # Errors
/// A module has no file, or a file is not Rust.
pub fn imports(root: &str, read: impl Fn(&str) -> Option<String>) -> Result<Imports, String> {
    let mut tree = Crate { modules: vec![Module::new(root, false, None)], mentions: Vec::new() };
    let mut unread = vec![(0, folder(root).to_owned())];
    while let Some((module, folder)) = unread.pop() {
        let file = tree.modules[module].file.clone();
        let text = read(&file).ok_or_else(|| format!("{file}: no such file"))?;
        let tokens = tokens(&text).map_err(|error| format!("{file}: {error}"))?;
        let mut reader = Reader { tree: &mut tree, tokens: &tokens, position: 0, open: vec![(module, folder)] };
        for (name, folder, parent) in reader.read() {
            let file = [format!("{folder}{name}.rs"), format!("{folder}{name}/mod.rs")]
                .into_iter()
                .find(|file| read(file).is_some())
                .ok_or_else(|| format!("{file}: no file for `mod {name}`"))?;
            let child = tree.add(parent, &name, &file);
            unread.push((child, format!("{folder}{name}/")));
        }
    }
    Ok(tree.resolved())
}

/// The folder of a file, with a trailing slash; empty for a file without a folder.
fn folder(file: &str) -> &str {
    file.rfind('/').map_or("", |slash| &file[..=slash])
}

/// What has been read of a crate.
struct Crate {
    /// The root module comes first.
    modules: Vec<Module>,
    mentions: Vec<Mention>,
}

struct Module {
    file: String,
    /// Whether it is declared with a body, in its parent's file.
    is_inline: bool,
    parent: Option<usize>,
    children: HashMap<String, usize>,
    /// Modules that a `use` brings into scope, by name.
    names: HashMap<String, usize>,
    /// Modules imported with `*`.
    globs: BTreeSet<usize>,
}

/// A path in the code of a module.
struct Mention {
    module: usize,
    path: Vec<String>,
    /// The name that a `use` binds it to; `*` for a glob.
    name: Option<String>,
}

impl Module {
    fn new(file: &str, is_inline: bool, parent: Option<usize>) -> Self {
        Self {
            file: file.to_owned(),
            is_inline,
            parent,
            children: HashMap::new(),
            names: HashMap::new(),
            globs: BTreeSet::new(),
        }
    }
}

impl Crate {
    fn add(&mut self, parent: usize, name: &str, file: &str) -> usize {
        let child = self.modules.len();
        let is_inline = self.modules[parent].file == file;
        self.modules.push(Module::new(file, is_inline, Some(parent)));
        self.modules[parent].children.insert(name.to_owned(), child);
        child
    }

    /// The module that a name stands for in the scope of `module`.
    fn inner(&self, module: usize, name: &str) -> Option<usize> {
        let found = |module: &Module| module.children.get(name).or(module.names.get(name)).copied();
        found(&self.modules[module])
            .or_else(|| self.modules[module].globs.iter().find_map(|glob| found(&self.modules[*glob])))
    }

    /// The innermost module on a path and the number of segments up to it; `None` for a path into another crate.
    fn module(&self, mention: &Mention) -> Option<(usize, usize)> {
        let first = mention.path.first()?;
        let mut module = match first.as_str() {
            "crate" => 0,
            "self" => mention.module,
            "super" => self.modules[mention.module].parent?,
            name => self.inner(mention.module, name)?,
        };
        let mut taken = 1;
        for name in &mention.path[1..] {
            let next = if name == "super" { self.modules[module].parent } else { self.inner(module, name) };
            let Some(next) = next else { break };
            module = next;
            taken += 1;
        }
        Some((module, taken))
    }

    /// Binds the names that `use` declares. One declaration may build on another in any order.
    fn declare(&mut self) {
        loop {
            let mut is_new = false;
            for mention in &self.mentions {
                let (Some(name), Some((module, taken))) = (&mention.name, self.module(mention)) else { continue };
                let place = &mut self.modules[mention.module];
                if name == "*" {
                    is_new |= taken == mention.path.len() && place.globs.insert(module);
                } else if taken == mention.path.len() && place.names.get(name) != Some(&module) {
                    // The first binding wins, so that two of the same name cannot alternate forever.
                    is_new |= place.names.insert(name.clone(), module).is_none();
                }
            }
            if !is_new {
                return;
            }
        }
    }

    fn resolved(mut self) -> Imports {
        self.declare();
        let mut imports: Imports = self.modules.iter().map(|module| (module.file.clone(), BTreeMap::new())).collect();
        for mention in &self.mentions {
            let Some((module, taken)) = self.module(mention) else { continue };
            let (from, to) = (&self.modules[mention.module].file, &self.modules[module].file);
            // An inline module is just a namespace until a path names something in it.
            let is_folder =
                self.modules[module].is_inline && taken == mention.path.len() && mention.name.as_deref() != Some("*");
            if from != to && !is_folder {
                let found = imports.entry(from.clone()).or_default();
                found.entry(to.clone()).or_insert_with(|| mention.path.join("::"));
            }
        }
        imports
    }
}

/// Reads the tokens of one file.
struct Reader<'a> {
    tree: &'a mut Crate,
    tokens: &'a [Token],
    position: usize,
    /// The modules that enclose the position, innermost last, each with the folder of its child files.
    open: Vec<(usize, String)>,
}

impl Reader<'_> {
    /// Reads the whole file. Returns name, folder and parent of each module with a file of its own.
    fn read(&mut self) -> Vec<(String, String, usize)> {
        let mut files = Vec::new();
        // For each open brace, whether it opened a module.
        let mut braces = Vec::new();
        while let Some(token) = self.tokens.get(self.position) {
            match token {
                Token::Open(Delimiter::Brace) => braces.push(false),
                Token::Close(Delimiter::Brace) if braces.pop() == Some(true) => {
                    self.open.pop();
                }
                Token::Sign('#') if self.is_for_tests() => {
                    self.skip_item();
                    continue;
                }
                Token::Word(word) if word == "mod" => {
                    let (module, folder) = self.open.last().cloned().unwrap();
                    let name = self.word(1).unwrap_or_default().to_owned();
                    match self.tokens.get(self.position + 2) {
                        Some(Token::Sign(';')) => files.push((name, folder, module)),
                        Some(Token::Open(Delimiter::Brace)) => {
                            let file = self.tree.modules[module].file.clone();
                            let child = self.tree.add(module, &name, &file);
                            self.open.push((child, format!("{folder}{name}/")));
                            braces.push(true);
                        }
                        _ => {}
                    }
                    self.position += 2;
                }
                // `use<'a>` in a type is a capture list.
                Token::Word(word) if word == "use" && !self.is_sign(1, '<') => self.read_use(),
                Token::Word(_) => self.read_path(),
                _ => {}
            }
            self.position += 1;
        }
        files
    }

    fn word(&self, offset: usize) -> Option<&str> {
        self.tokens.get(self.position + offset)?.word()
    }

    fn is_sign(&self, offset: usize, sign: char) -> bool {
        self.tokens.get(self.position + offset) == Some(&Token::Sign(sign))
    }

    /// Whether `::` stands there.
    fn is_colons(&self, offset: usize) -> bool {
        self.is_sign(offset, ':') && self.is_sign(offset + 1, ':')
    }

    /// Whether `#[cfg(test)]`, or a condition like it, begins here.
    fn is_for_tests(&self) -> bool {
        let inside = self.tokens.get(self.position + 4..).unwrap_or_default();
        let condition = inside.iter().take_while(|token| **token != Token::Close(Delimiter::Bracket));
        let words: Vec<_> = condition.filter_map(Token::word).collect();
        self.word(2) == Some("cfg") && words.contains(&"test") && !words.contains(&"not")
    }

    /// Skips an item: up to its closing brace or its semicolon.
    fn skip_item(&mut self) {
        let mut depth = 0;
        while let Some(token) = self.tokens.get(self.position) {
            self.position += 1;
            match token {
                Token::Open(_) => depth += 1,
                Token::Close(delimiter) => {
                    depth -= 1;
                    if depth == 0 && *delimiter == Delimiter::Brace {
                        return;
                    }
                }
                Token::Sign(';') if depth == 0 => return,
                _ => {}
            }
        }
    }

    fn mention(&mut self, path: Vec<String>, name: Option<String>) {
        let module = self.open.last().unwrap().0;
        self.tree.mentions.push(Mention { module, path, name });
    }

    /// Reads a `use` declaration. Each leaf of its tree is one path.
    fn read_use(&mut self) {
        let (mut path, mut name) = (Vec::new(), None::<String>);
        // For each open brace, the length of the path before it.
        let mut braces = Vec::new();
        loop {
            self.position += 1;
            match self.tokens.get(self.position) {
                Some(Token::Word(word)) if word == "as" => {
                    name = self.word(1).map(str::to_owned);
                    self.position += 1;
                }
                // `a::{self}` is the path `a`.
                Some(Token::Word(word)) if word == "self" && !path.is_empty() => {
                    name = path.last().cloned();
                }
                Some(Token::Word(word)) => {
                    path.push(word.clone());
                    name = Some(word.clone());
                }
                Some(Token::Sign('*')) => name = Some("*".to_owned()),
                Some(Token::Open(Delimiter::Brace)) => {
                    braces.push(path.len());
                    name = None;
                }
                token @ (Some(Token::Sign(',' | ';') | Token::Close(Delimiter::Brace)) | None) => {
                    if let Some(name) = name.take() {
                        self.mention(path.clone(), Some(name));
                    }
                    if token == Some(&Token::Close(Delimiter::Brace)) {
                        braces.pop();
                    }
                    path.truncate(braces.last().copied().unwrap_or_default());
                    if matches!(token, Some(Token::Sign(';')) | None) {
                        return;
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// Reads a path in code if one begins here.
    fn read_path(&mut self) {
        let before = |offset: usize| self.position.checked_sub(offset).and_then(|at| self.tokens.get(at));
        let is_inside = before(1) == Some(&Token::Sign(':')) && before(2) == Some(&Token::Sign(':'));
        // `pub(in crate::a)` is a visibility, not an import.
        let is_visibility = before(1).is_some_and(|token| token.is_word("in"))
            && before(2) == Some(&Token::Open(Delimiter::Parenthesis));
        let mut path = vec![self.word(0).unwrap().to_owned()];
        while self.is_colons(1)
            && let Some(word) = self.word(3)
        {
            path.push(word.to_owned());
            self.position += 3;
        }
        if path.len() > 1 && !is_inside && !is_visibility {
            self.mention(path, None);
        }
    }
}
