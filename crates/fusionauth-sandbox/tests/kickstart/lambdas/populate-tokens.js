// Nothing is substituted in an included text file: #{notAVariable} stays as it is.
function populate(jwt, user, registration) {
  jwt.favouriteColour = user.data && user.data.favouriteColour;
  jwt.roles = registration ? registration.roles : [];
}
