import { createElement } from 'react';

/** The page, for the copy of the package that the server or the browser has. */
export const createPage = ({ FlagProvider, useFlag }) => {
  const Experiment = () => createElement('b', null, useFlag('experiment', 'default'));
  return (props) => createElement(FlagProvider, props, createElement(Experiment));
};
