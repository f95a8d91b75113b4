//! FreeMarker, as far as the templates of mail and messages need it: `${…}`, `[#if]`, `[#list]`, `[#assign]`, comments,
//! the operators, and the built-ins that are listed in `render.rs`, in both tag syntaxes.
//!
//! What it does not know is an error when a template is rendered, but none when one is saved: [`check`] refuses only
//! what FreeMarker refuses, too.
//!
//! Sources: <https://freemarker.apache.org/docs/>,
//! <https://fusionauth.io/docs/customize/email-and-messages/email-templates-replacement-variables>.

mod error;
mod expression;
mod parse;
mod render;
mod samples;

use serde_json::Value;

use self::parse::parse;
pub use self::{error::TemplateError, samples::samples};

/// Checks that what a template begins it also ends.
///
/// # Errors
/// An interpolation, directive, string or comment without an end.
pub fn check(template: &str) -> Result<(), TemplateError> {
    parse(template).map(|_| ())
}

/// Renders a template with variables, which are properties of an object.
///
/// # Errors
/// What [`check`] refuses, a value that is missing or of the wrong type, or what is not supported here.
pub fn render(template: &str, variables: &Value) -> Result<String, TemplateError> {
    render::render(&parse(template)?, variables)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(template: &str) -> Result<String, String> {
        let variables = json!({
            "user": { "firstName": "Monica", "email": "monica@piedpiper.example", "data": { "tier": "pro" }, "verified": true },
            "names": ["a", "b & c"], "empty": [], "count": 3, "a": { "b": null }, "map": { "x": 1, "y": 2 },
        });
        render(template, &variables).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_documented_is_rendered() {
        for (template, expected) in [
            ("Hi ${user.firstName}, ${user.email}.", "Hi Monica, monica@piedpiper.example."),
            ("${user.lastName!'Unknown User'} ${(x.y.z)!\"d\"} ${x!}|", "Unknown User d |"),
            ("${user.data.tier} ${user['data'][\"tier\"]} ${names[1]}", "pro pro b & c"),
            ("[#if user.verified]yes[#else]no[/#if]", "yes"),
            ("[#if count > 5]a[#elseif count == 3 && user.lastName??]b[#else]c[/#if]", "c"),
            ("[#if (count > 2) || !user.verified]a[/#if]", "a"),
            ("[#list names as name]${name_index}${name}[#if name_has_next], [/#if][/#list]", "0a, 1b & c"),
            ("[#list names as name]${name?index}${name?upper_case}[#sep]; [/#list]", "0A; 1B & C"),
            ("[#list empty as e]${e}[#else]none[/#list]", "none"),
            ("[#list map as k, v]${k}=${v} [/#list]", "x=1 y=2 "),
            ("[#assign greeting = 'Hello ' + user.firstName /]${greeting}!", "Hello Monica!"),
            ("[#-- ${not.read} --]a[#ftl strip_whitespace=true]b", "ab"),
            ("<#if count gte 3>a<#else>b</#if>", "a"),
            ("${names?size} ${names?join(', ')} ${names?first} ${user.email?length}", "2 a, b & c a 24"),
            ("${names[1]?html} ${names[1]?url} ${'x'?cap_first}${\"${count}\"}", "b &amp; c b%20%26%20c X3"),
            ("${empty?has_content?string('a','b')} ${user.verified?c} ${user.verified?then(1, 2)}", "b true 1"),
            ("${count + 2 * 2} ${(count - 1) / 4} ${7 % 4} ${1.5}", "7 0.5 3 1.5"),
            ("[#noparse]${x}[/#noparse] ${r'${x}'} ${'a\\'b'}", "${x} ${x} a'b"),
            ("a { color: #fff } $5 [x] <b> ${'}'}", "a { color: #fff } $5 [x] <b> }"),
            ("[#if a.b??]x[#else]y[/#if][#if user.lastName?has_content]x[/#if]", "y"),
        ] {
            assert_eq!(rendered(template).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (template, expected) in [
            ("${code", "line 1: [${] is never closed"),
            ("a\n[#if x]b", "line 2: [#if] is never closed"),
            ("[#list a as b]c[/#if]", "line 1: [/#if] closes [#list] of line 1"),
            ("[/#if]", "line 1: [/#if] closes nothing"),
            ("\n\n${'a}", "line 3: [${] is never closed"),
            ("[#-- a", "line 1: a comment is never closed"),
            ("[#if a", "line 1: [#if] is never closed"),
        ] {
            assert_eq!(rendered(template), Err(expected.to_owned()), "{template}");
            assert_eq!(check(template).map_err(|error| error.to_string()), Err(expected.to_owned()), "{template}");
        }
        for (template, expected) in [
            ("${changePasswordId}", "line 1: [changePasswordId] is missing"),
            ("a\n${user.address.city}", "line 2: [user.address] is missing"),
            ("${user}", "line 1: [user] is not text"),
            ("${user.verified}", "line 1: [user.verified] is not text"),
            ("[#if user]a[/#if]", "line 1: [user] is neither true nor false"),
            ("[#list count as c][/#list]", "line 1: [count] is not a list"),
            ("${count / 0}", "line 1: [count/0] divides by 0"),
            ("${user.email?soundex}", "line 1: the sandbox does not know [?soundex]"),
            ("[#macro a][/#macro]", "line 1: the sandbox does not know [#macro]"),
            ("[@helpers.head /]", "line 1: the sandbox does not know [@helpers.head]"),
            ("${user.}", "line 1: [user.] cannot be read"),
            ("${helper(1)}", "line 1: [helper(1)] cannot be read"),
        ] {
            assert_eq!(rendered(template), Err(expected.to_owned()), "{template}");
            assert_eq!(check(template), Ok(()), "{template}");
        }
    }

    #[test]
    fn themes_pass_the_check() {
        for template in [
            "[#ftl/]\n[#import \"../_helpers.ftl\" as helpers/]\n[@helpers.html][@helpers.head]\n<script>a = `${b!''}`;</script>\
             [/@helpers.head][@helpers.body]${theme.message('login')}[/@helpers.body][/@helpers.html]",
            "[#macro main title=\"a]b\"]${title}[#nested/][/#macro][#function f x][#return x[0]/][/#function]",
            "[#assign x][#if y?? && (z!{})?size > 1]a[/#if][/#assign][#switch x][#case 1]a[#break][#default]b[/#switch]",
            "[#attempt]a[#recover]b[/#attempt][#escape x as x?html]${a}[/#escape][#t][#lt][#rt][#compress] a [/#compress]",
            "[@a.b c=1 /][@a; b]x[/@a][@a]y[/@]",
        ] {
            assert_eq!(check(template), Ok(()), "{template}");
        }
    }
}
