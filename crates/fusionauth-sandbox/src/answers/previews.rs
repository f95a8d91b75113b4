//! Previews of the templates of mail and messages, rendered with sample values.
//!
//! Sources: <https://fusionauth.io/docs/apis/emails>, <https://fusionauth.io/docs/apis/message-templates>.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::Response,
    object::{Object, set, text, text_if_any},
    template::{self, TemplateError, samples},
};

/// Answers calls for a preview.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "email/template/preview" => Some(email(call)),
        "message/template/preview" => Some(message(call)),
        _ => None,
    }
}

/// Renders texts and keeps what went wrong with them.
struct Preview<'o> {
    one: &'static str,
    template: &'o Object,
    locale: String,
    variables: Value,
    errors: Object,
}

impl<'o> Preview<'o> {
    fn new(call: &Call<'_>, one: &'static str, template: &'o Object) -> Self {
        Self { one, template, locale: call.body_text("locale"), variables: samples(), errors: Object::new() }
    }

    /// A text of the template in the locale, rendered; none if the template has none, or if it cannot be rendered.
    fn text(&mut self, default: &str, localized: &str) -> Option<String> {
        let by_locale = self.template.get(localized).and_then(Value::as_object);
        // `de_CH` is served by `de`, if there is nothing nearer.
        let language = self.locale.split(['_', '-']).next().unwrap_or_default();
        let chosen = by_locale.and_then(|texts| {
            [self.locale.as_str(), language].into_iter().find_map(|locale| text_if_any(texts, locale))
        });
        let chosen = chosen.or_else(|| text_if_any(self.template, default))?;
        match template::render(chosen, &self.variables) {
            Ok(text) => Some(text),
            Err(error) => {
                let field = format!("{}.{default}", self.one);
                let error = json!({ "code": format!("[invalid]{field}"), "message": message_of(&error) });
                set(&mut self.errors, &field, json!([error]));
                None
            }
        }
    }

    /// What went wrong, in the form of every error of the API; nothing if all is well.
    fn errors(self) -> Option<Value> {
        (!self.errors.is_empty()).then(|| json!({ "fieldErrors": self.errors, "generalErrors": [] }))
    }
}

fn message_of(error: &TemplateError) -> String {
    format!("The template cannot be rendered. {error}.")
}

fn email(call: &Call<'_>) -> Answer {
    let given = call.body_object("emailTemplate")?;
    let mut preview = Preview::new(call, "emailTemplate", &given);
    let address = text_if_any(&given, "fromEmail");
    let display = preview.text("defaultFromName", "localizedFromNames");
    let from = (address.is_some() || display.is_some()).then(|| json!({ "address": address, "display": display }));
    let subject = preview.text("defaultSubject", "localizedSubjects");
    let html = preview.text("defaultHtmlTemplate", "localizedHtmlTemplates");
    let plain = preview.text("defaultTextTemplate", "localizedTextTemplates");
    let email = json!({ "from": from, "subject": subject, "html": html, "text": plain });
    Ok(Response::ok(json!({ "email": email, "errors": preview.errors() })))
}

fn message(call: &Call<'_>) -> Answer {
    let given = call.body_object("messageTemplate")?;
    let mut preview = Preview::new(call, "messageTemplate", &given);
    let rendered = preview.text("defaultTemplate", "localizedTemplates");
    let message = rendered.map(|rendered| json!({ "textMessage": rendered }));
    Ok(Response::ok(json!({ "message": message, "errors": preview.errors() })))
}

/// Checks the templates of an object that is to be stored: those of mail and of themes, as documented; those of
/// messages are not checked.
///
/// # Errors
/// 400 that names the template that is never closed somewhere.
pub fn check(collection: &str, one: &str, object: &Object) -> Result<(), Response> {
    let refuse = |field: String, error: &TemplateError| {
        Err(Response::field("invalid", &field, format!("The template is not valid. {error}.")))
    };
    match collection {
        "email/template" => {
            for name in ["defaultSubject", "defaultHtmlTemplate", "defaultTextTemplate"] {
                if let Err(error) = template::check(text(object, name)) {
                    return refuse(format!("{one}.{name}"), &error);
                }
            }
        }
        "theme" => {
            for (name, content) in object.get("templates").and_then(Value::as_object).into_iter().flatten() {
                if let Err(error) = template::check(content.as_str().unwrap_or_default()) {
                    return refuse(format!("{one}.templates.{name}"), &error);
                }
            }
        }
        _ => {}
    }
    Ok(())
}
